import { Layer } from "effect"
import { databases } from "../support/databases/Databases.ts"
import { stores } from "../support/databases/stores.ts"
import { BudgetsMemory } from "../twins/BudgetsMemory.ts"
import { budgetsContract } from "./Budgets.ts"

budgetsContract("in memory", BudgetsMemory)
for (const { layer, name } of databases) budgetsContract(`on ${name}`, Layer.provide(stores, layer))
