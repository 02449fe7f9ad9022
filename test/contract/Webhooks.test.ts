import { Layer } from "effect"
import { databases } from "../support/databases/Databases.ts"
import { stores } from "../support/databases/stores.ts"
import { WebhooksMemory } from "../twins/WebhooksMemory.ts"
import { webhooksContract } from "./Webhooks.ts"

webhooksContract("in memory", WebhooksMemory)
for (const { layer, name } of databases) webhooksContract(`on ${name}`, Layer.provide(stores, layer))
