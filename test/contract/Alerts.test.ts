import { Layer } from "effect"
import { databases } from "../support/databases/Databases.ts"
import { stores } from "../support/databases/stores.ts"
import { CircuitsMemory } from "../twins/CircuitsMemory.ts"
import { alertsContract } from "./Alerts.ts"

alertsContract("in memory", CircuitsMemory)
for (const { layer, name } of databases) alertsContract(`on ${name}`, Layer.provide(stores, layer))
