/** Which objects the rows name: what the storage has beside them is nobody's, and what it lacks of them is lost. */
import { Context, type Effect } from "effect"
import type { DocumentId, UserId } from "../src/domain/Ids.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"
import type { Bucket } from "./ObjectStorage.ts"

export interface DocumentKey {
  readonly userId: UserId
  readonly documentId: DocumentId
}

export interface NamedObjects extends DocumentKey {
  readonly paths: ReadonlyArray<string>
}

export class ObjectNames extends Context.Service<ObjectNames, {
  /** Of these paths those that no row names, of a document or of an upload. Only paths that are a document's by their form. */
  readonly unnamed: (paths: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<string>, ServiceError>
  /** What documents name, of all users in one order, after this one. */
  readonly page: (
    after: DocumentKey | undefined,
    limit: number
  ) => Effect.Effect<ReadonlyArray<NamedObjects>, ServiceError>
  /** True for one worker each hour: it is to look through the bucket. */
  readonly takeTurn: (bucket: Bucket) => Effect.Effect<boolean, ServiceError>
}>()("accessa/services/ObjectNames") {}
