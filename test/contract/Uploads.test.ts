import { Layer } from "effect"
import { databases } from "../support/databases/Databases.ts"
import { stores } from "../support/databases/stores.ts"
import { UploadsMemory } from "../twins/UploadsMemory.ts"
import { uploadsContract } from "./Uploads.ts"

uploadsContract("in memory", UploadsMemory)
for (const { layer, name } of databases) uploadsContract(`on ${name}`, Layer.provide(stores, layer))
