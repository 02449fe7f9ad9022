/** Chunks a text in steps, so that a long one does not block the event loop. */
import { Context, type Effect, type Scope, type Stream } from "effect"
import type { NextChunks } from "../src/domain/Chunk.ts"
import type { ClaimedJob } from "../src/domain/Job.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export type ToChunk = Pick<ClaimedJob, "userId" | "documentId" | "chunksVersion" | "filename">

export class Chunker extends Context.Service<Chunker, {
  /**
   * Waits until few enough texts are in hand, and reads the whole text before it returns the first chunk. Fails with the text
   * stream's own error.
   */
  readonly cut: (
    job: ToChunk,
    text: Stream.Stream<Uint8Array, ServiceError>
  ) => Effect.Effect<NextChunks, ServiceError, Scope.Scope>
}>()("accessa/services/Chunker") {}
