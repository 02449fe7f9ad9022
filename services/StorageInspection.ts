/** Checks the access rules of the object storage with test objects, which it removes. */
import { Context, type Effect } from "effect"
import type { StorageSight } from "../src/domain/Inspection.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export class StorageInspection extends Context.Service<StorageInspection, {
  /** Takes seconds. Fails if the storage could not be asked, which says nothing about its rules. */
  readonly look: Effect.Effect<StorageSight, ServiceError>
}>()("accessa/services/StorageInspection") {}
