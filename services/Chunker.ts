/** Cuts a text that is too long for the event loop. */
import { Context, type Effect, type Scope, type Stream } from "effect"
import type { Chunk, ChunkerId } from "../src/domain/Chunk.ts"
import type { DocumentId } from "../src/domain/Ids.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

/** The next chunks each time it is run; none at the end. */
export type NextChunks = Effect.Effect<ReadonlyArray<Chunk>, ServiceError>

export class Chunker extends Context.Service<Chunker, {
  /** Takes the whole text in before the first chunk is there. Fails with the text's own error. */
  readonly cut: (
    document: DocumentId,
    chunker: ChunkerId,
    text: Stream.Stream<Uint8Array, ServiceError>
  ) => Effect.Effect<NextChunks, ServiceError, Scope.Scope>
}>()("accessa/services/Chunker") {}
