/** Chunks a text in steps, so that a long one does not block the event loop. */
import { Context, type Effect, type Scope, type Stream } from "effect"
import type { ChunkerId, NextChunks } from "../src/domain/Chunk.ts"
import type { DocumentId } from "../src/domain/Ids.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export class Chunker extends Context.Service<Chunker, {
  /** Reads the whole text before it returns the first chunk. Fails with the text stream's own error. */
  readonly cut: (
    document: DocumentId,
    chunker: ChunkerId,
    text: Stream.Stream<Uint8Array, ServiceError>
  ) => Effect.Effect<NextChunks, ServiceError, Scope.Scope>
}>()("accessa/services/Chunker") {}
