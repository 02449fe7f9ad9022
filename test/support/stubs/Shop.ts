/** A provider and a ledger in memory, and embedding batches between them. */
import { Cause, Context, Effect, Exit, Fiber, Layer, Option } from "effect"
import { TestClock } from "effect/testing"
import { randomUUID } from "node:crypto"
import { IdsRandom } from "../../../layers/Ids/Random.ts"
import { Embedder } from "../../../services/Embedder.ts"
import { type MissingChunk, type Purchase, Vectors } from "../../../services/Vectors.ts"
import { chunkSha } from "../../../src/domain/Chunk.ts"
import { ChunkId, type JobId } from "../../../src/domain/Ids.ts"
import type { ClaimedJob } from "../../../src/domain/Job.ts"
import type { StaleClaim } from "../../../src/domain/Move.ts"
import { PermanentError, RecoverableError, TransientError } from "../../../src/domain/ServiceError.ts"
import { EmbeddingBatches } from "../../../src/stages/vectors/EmbeddingBatches.ts"
import { breakers } from "../builders/circuits.ts"
import { embeddingModel } from "../harness/TestApi.ts"
import { aClaim } from "./QueueLog.ts"

/** Every call and ledger entry, in order; texts with these prefixes fail. */
export class Shop extends Context.Service<Shop, {
  readonly calls: Array<ReadonlyArray<string>>
  readonly ledger: Array<string>
  readonly stored: Array<Purchase>
  readonly lost: Set<JobId>
  /** Jobs for which nothing may be bought. */
  readonly unwanted: Map<JobId, StaleClaim>
  /** How many times the database is unavailable before it stores. */
  away: number
}>()("accessa/test/Shop") {}

/** More of these texts in one call are too large for it. */
export const mostCrowded = 10

const unused = () => Effect.die(new Error("no batch has a use for this"))

const shop = Layer.effectContext(Effect.sync(() => {
  const state = Shop.of({ calls: [], ledger: [], stored: [], lost: new Set(), unwanted: new Map(), away: 0 })
  return Context.make(Shop, state).pipe(
    Context.add(Embedder, {
      model: embeddingModel,
      probe: Effect.succeed({ tokens: 1, requestId: "probe" }),
      embed: Effect.fnUntraced(function*(texts: ReadonlyArray<string>) {
        state.calls.push(texts)
        state.ledger.push("called")
        // Long enough for others to accumulate.
        yield* Effect.sleep("1 second")
        if (texts.some((text) => text.startsWith("refused"))) {
          return yield* new PermanentError({ code: "EMBED_REJECTED", message: "No." })
        }
        if (texts.length > mostCrowded && texts.some((text) => text.startsWith("crowded"))) {
          return yield* new PermanentError({ code: "EMBED_REJECTED", message: "Too many tokens." })
        }
        if (texts.some((text) => text.startsWith("limited"))) {
          return yield* new TransientError({ code: "EMBED_RATE_LIMITED", message: "429", dependency: "embedder" })
        }
        if (texts.some((text) => text.startsWith("garbage"))) {
          return yield* new TransientError({ code: "EMBED_INVALID_RESPONSE", message: "?", dependency: "embedder" })
        }
        if (texts.some((text) => text.startsWith("forbidden"))) {
          return yield* new RecoverableError({ code: "EMBED_AUTH", message: "403", dependency: "embedder" })
        }
        if (texts.some((text) => text.startsWith("down"))) {
          return yield* new RecoverableError({ code: "EMBED_UNAVAILABLE", message: "503", dependency: "embedder" })
        }
        return { vectors: texts.map(() => new Float32Array([1])), tokens: 100, requestId: "r" }
      })
    }),
    Context.add(Vectors, {
      announce: () =>
        Effect.sync(() => {
          state.ledger.push("announced")
          return state.unwanted
        }),
      lose: () => Effect.sync(() => void state.ledger.push("lost")),
      withdraw: () => Effect.sync(() => void state.ledger.push("withdrawn")),
      store: (purchase) =>
        Effect.suspend((): Effect.Effect<ReadonlySet<JobId>, PermanentError | TransientError> => {
          if (state.away-- > 0) {
            return Effect.fail(
              new TransientError({ code: "DATABASE_FAILED", message: "Away.", dependency: "database" })
            )
          }
          if (purchase.shares.some(({ chunks }) => chunks.some(({ text }) => text === "unstorable"))) {
            return Effect.fail(new PermanentError({ code: "INTERNAL", message: "22P02", dependency: "database" }))
          }
          state.ledger.push("stored")
          state.stored.push(purchase)
          return Effect.succeed(state.lost)
        }),
      reuse: unused,
      missing: unused,
      announceQuery: unused,
      payProbe: unused,
      payQuery: unused,
      search: unused,
      match: unused,
      nearest: unused
    })
  )
}))

export const surroundings = EmbeddingBatches.layer.pipe(Layer.provideMerge(Layer.mergeAll(shop, breakers, IdsRandom)))

export const chunksOf = (texts: ReadonlyArray<string>): ReadonlyArray<MissingChunk> =>
  texts.map((text, ordinal) => ({ chunkId: ChunkId.make(randomUUID()), ordinal, sha: chunkSha(text), text }))

/** All at once; how each ended. */
export const embedAll = Effect.fnUntraced(
  function*(jobs: ReadonlyArray<{ job?: ClaimedJob; texts: ReadonlyArray<string> }>) {
    const batches = yield* EmbeddingBatches
    const fiber = yield* Effect.forkChild(Effect.forEach(
      jobs,
      ({ job = aClaim(), texts }) => Effect.exit(batches.embed({ job, chunks: chunksOf(texts) })),
      { concurrency: "unbounded" }
    ))
    // In steps: a batch begins to wait only when the one before has been sent.
    for (let step = 0; step < 2_000 && fiber.pollUnsafe() === undefined; step++) yield* TestClock.adjust("100 millis")
    return yield* Fiber.join(fiber)
  }
)

export const tagOf = (exit: Exit.Exit<void, { readonly _tag: string }>): string =>
  Exit.isSuccess(exit) ? "done" : Option.getOrThrow(Cause.findErrorOption(exit.cause))._tag

export const many = (count: number, length = 10) => Array.from({ length: count }, (_, n) => `${n}`.padEnd(length, "x"))
