import { Layer } from "effect"
import { databases } from "../support/databases/Databases.ts"
import { stores } from "../support/databases/stores.ts"
import { PipelineMemory } from "../twins/PipelinePorts.ts"
import { jobsContract } from "./Jobs.ts"

jobsContract("in memory", PipelineMemory)
for (const { layer, name } of databases) jobsContract(`on ${name}`, Layer.provide(stores, layer))
