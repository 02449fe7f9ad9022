/** Stored chunks. */
import { Context, type Effect, type Option } from "effect"
import type { Chunk, NextChunks } from "../src/domain/Chunk.ts"
import type { DocumentId, UserId } from "../src/domain/Ids.ts"
import type { ClaimedJob } from "../src/domain/Job.ts"
import type { Move, StaleClaim } from "../src/domain/Move.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"
import type { Reuse } from "../src/domain/Vector.ts"

export interface StoredChunk extends Chunk {
  readonly embedded: boolean
}

export class Chunks extends Context.Service<Chunks, {
  /**
   * Stores a document's chunks in windows, as they are made, and moves the job, all in one transaction. Chunks of an
   * earlier run are kept if their hash is equal, otherwise replaced or removed. `move` receives the number of chunks.
   */
  readonly store: (
    job: ClaimedJob,
    chunks: NextChunks,
    move: (stored: number) => Move
  ) => Effect.Effect<number, ServiceError | StaleClaim>
  /**
   * For a new document of one window: stores its chunks, copies the vectors that the user already has for the same texts, and
   * makes the moves that follow from this, all in one transaction with other documents that are waiting. A stale claim makes
   * none of its moves.
   */
  readonly begin: (
    job: ClaimedJob,
    chunks: ReadonlyArray<Chunk>,
    moves: (reuse: Reuse) => ReadonlyArray<Move>
  ) => Effect.Effect<Reuse, ServiceError | StaleClaim>
  /**
   * A page of a document's chunks in order, after an ordinal (-1 for the first page); none if the document is not this
   * user's.
   */
  readonly page: (
    user: UserId,
    document: DocumentId,
    after: number,
    limit: number
  ) => Effect.Effect<Option.Option<ReadonlyArray<StoredChunk>>, ServiceError>
}>()("accessa/services/Chunks") {}
