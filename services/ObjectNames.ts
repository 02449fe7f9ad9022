/**
 * Compares the storage with the rows: objects that no row names are orphans; objects that rows name but the storage lacks
 * are lost.
 */
import { Context, type Effect } from "effect"
import type { DocumentId, UserId } from "../src/domain/Ids.ts"
import type { Bucket } from "../src/domain/objectPaths.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export interface DocumentKey {
  readonly userId: UserId
  readonly documentId: DocumentId
}

export interface NamedObjects extends DocumentKey {
  readonly paths: ReadonlyArray<string>
}

export class ObjectNames extends Context.Service<ObjectNames, {
  /**
   * Returns the paths that no document or upload names. Considers only paths with the form of a document's, of users who have
   * stored something here before: a bucket may belong to another installation.
   */
  readonly unnamed: (paths: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<string>, ServiceError>
  /** The paths that documents name, across all users in one order, after the given one. */
  readonly page: (
    after: DocumentKey | undefined,
    limit: number
  ) => Effect.Effect<ReadonlyArray<NamedObjects>, ServiceError>
  /** True for one worker each hour, which then scans the bucket. */
  readonly takeTurn: (bucket: Bucket) => Effect.Effect<boolean, ServiceError>
}>()("accessa/services/ObjectNames") {}
