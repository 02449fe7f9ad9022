import { Layer } from "effect"
import { databases } from "../support/databases/Databases.ts"
import { stores } from "../support/databases/stores.ts"
import { CircuitsMemory } from "../twins/CircuitsMemory.ts"
import { circuitsContract } from "./Circuits.ts"

circuitsContract("in memory", CircuitsMemory)
for (const { layer, name } of databases) circuitsContract(`on ${name}`, Layer.provide(stores, layer))
