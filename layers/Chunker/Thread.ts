/** Chunks each long text in its own thread, so that a text that crashes its thread affects no other. */
import { Effect, Layer, Schema, Stream } from "effect"
import { Worker } from "node:worker_threads"
import { Chunker, type ToChunk } from "../../services/Chunker.ts"
import { type Chunk, ChunkMeta } from "../../src/domain/Chunk.ts"
import { ChunkId } from "../../src/domain/Ids.ts"
import { PermanentError, type ServiceError } from "../../src/domain/ServiceError.ts"
import { openThread } from "../shared/ThreadClient.ts"
import { threadEnv } from "../shared/threadEnv.ts"
import { makeTurns } from "../shared/Turns.ts"
import type { CutRequest } from "./cutThread.ts"

export const ChunkerThread = Layer.sync(Chunker, () => {
  const turns = makeTurns(atOnce)
  return Chunker.of({
    cut: Effect.fn("Chunker.cut")(function*(job: ToChunk, text: Stream.Stream<Uint8Array, ServiceError>) {
      yield* turns.hold(job.userId)
      const { ask, tell } = yield* openThread(startThread)
      const say = (request: CutRequest) => tell(request)
      yield* Stream.runForEach(text, (bytes) => Effect.sync(() => say({ _tag: "part", bytes })))
      const { chunksVersion, documentId, filename } = job
      say({ _tag: "begin", documentId, chunksVersion, filename })
      const next: CutRequest = { _tag: "next" }
      return ask(next).pipe(
        Effect.mapError(() => tooLong),
        Effect.flatMap((reply) => isChunks(reply) ? Effect.succeed<ReadonlyArray<Chunk>>(reply) : Effect.fail(tooLong))
      )
    })
  })
})

/** 30 texts of 10 MB, in hand together after a restart, took 2.7 GB. */
const atOnce = 2

const startThread = () =>
  new Worker(new URL("./cutThread.ts", import.meta.url), { env: threadEnv(), argv: [], execArgv: [] })

const isChunks = Schema.is(Schema.Array(Schema.Struct({
  text: Schema.String,
  meta: ChunkMeta,
  chunkId: ChunkId,
  ordinal: Schema.Int,
  sha: Schema.String,
  context: Schema.optionalKey(Schema.String),
  embedSha: Schema.optionalKey(Schema.String)
})))

/** The thread crashed: out of memory, or the string would be too long. */
const tooLong = new PermanentError({
  code: "PARSE_TOO_COMPLEX",
  message: "The text is too long to be chunked: it exceeds the memory limit of one document."
})
