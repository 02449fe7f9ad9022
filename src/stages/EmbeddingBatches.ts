/**
 * Fills embedding requests across documents. Jobs hand in their missing chunks; a request goes out when it is full, or when
 * it has waited a moment; each answer is durable before the jobs hear of it.
 */
import { Context, Deferred, Effect, Exit, Layer, Queue, Semaphore } from "effect"
import { Embedder } from "../../services/Embedder.ts"
import { Ids } from "../../services/Ids.ts"
import { type MissingChunk, type Purchase, Vectors } from "../../services/Vectors.ts"
import type { ClaimedJob } from "../domain/Job.ts"
import { StaleClaim } from "../domain/Move.ts"
import type { StageError } from "../domain/StageError.ts"
import { bytesPerToken, embeddingBatch, embeddingCost } from "../policy/limits.ts"
import { Breakers } from "./Breakers.ts"

type Failure = StageError | StaleClaim

/** Chunks of one job that go in one request. */
export interface Slice {
  readonly job: ClaimedJob
  readonly chunks: ReadonlyArray<MissingChunk>
}

interface Waiting extends Slice {
  readonly done: Deferred.Deferred<void, Failure>
}

export class EmbeddingBatches extends Context.Service<EmbeddingBatches, {
  /** Buys and stores the vectors of these chunks; they may go in several requests, beside other jobs' chunks. */
  readonly embed: (slice: Slice) => Effect.Effect<void, Failure>
}>()("accessa/stages/EmbeddingBatches") {
  static readonly layer = Layer.effect(
    EmbeddingBatches,
    Effect.gen(function*() {
      const queue = yield* Queue.unbounded<Waiting>()
      const buy = yield* makeBuyer
      const permits = yield* Semaphore.make(embeddingBatch.concurrency)

      const send = (batch: ReadonlyArray<Waiting>) =>
        buy(batch).pipe(
          Effect.exit,
          Effect.flatMap((exit) =>
            Effect.forEach(batch, (waiting, index) => {
              const result = Exit.isSuccess(exit) ? exit.value[index] ?? Exit.void : Exit.failCause(exit.cause)
              return Deferred.done(waiting.done, result)
            }, { discard: true })
          )
        )

      // The permit comes before the gathering: while all requests are under way, the next one fills up.
      let leftover: Waiting | undefined
      const dispatch = Effect.gen(function*() {
        yield* permits.take(1)
        const first = leftover ?? (yield* Queue.take(queue))
        leftover = undefined
        const batch = [first]
        const size = sizeOf(first)
        while (true) {
          const next = yield* Queue.poll(queue).pipe(
            Effect.flatMap((now) =>
              now._tag === "Some" ? Effect.succeed(now) : Effect.timeoutOption(Queue.take(queue), embeddingBatch.linger)
            )
          )
          if (next._tag === "None") break
          const grown = sizeOf(next.value)
          if (size.inputs + grown.inputs > embeddingBatch.inputs || size.bytes + grown.bytes > embeddingBatch.bytes) {
            leftover = next.value
            break
          }
          size.inputs += grown.inputs
          size.bytes += grown.bytes
          batch.push(next.value)
          if (size.inputs === embeddingBatch.inputs) break
        }
        yield* Effect.forkChild(Effect.ensuring(send(batch), permits.release(1)))
      })
      yield* Effect.forkScoped(Effect.forever(dispatch))

      return EmbeddingBatches.of({
        embed: Effect.fn("EmbeddingBatches.embed")(function*({ chunks, job }) {
          // All are heard before one that failed ends the job: what the others bought would come too late to be stored.
          const parts = yield* Effect.forEach(slicesOf(chunks), (part) =>
            Effect.gen(function*() {
              const done = yield* Deferred.make<void, Failure>()
              yield* Queue.offer(queue, { job, chunks: part, done })
              return yield* Effect.exit(Deferred.await(done))
            }), { concurrency: "unbounded" })
          for (const part of parts) yield* part
        })
      })
    })
  )
}

const sizeOf = ({ chunks }: Slice) => ({
  inputs: chunks.length,
  bytes: chunks.reduce((total, chunk) => total + Buffer.byteLength(chunk.text), 0)
})

/** Parts that fit into one request each. */
const slicesOf = function*(chunks: ReadonlyArray<MissingChunk>): Generator<ReadonlyArray<MissingChunk>> {
  let part: Array<MissingChunk> = []
  let bytes = 0
  for (const chunk of chunks) {
    const size = Buffer.byteLength(chunk.text)
    if (part.length === embeddingBatch.inputs || (part.length > 0 && bytes + size > embeddingBatch.bytes)) {
      yield part
      part = []
      bytes = 0
    }
    part.push(chunk)
    bytes += size
  }
  if (part.length > 0) yield part
}

/** One request, in the ledger before it is made and after; answers how it ended for each slice. */
const makeBuyer = Effect.gen(function*() {
  const embedder = yield* Embedder
  const vectors = yield* Vectors
  const breakers = yield* Breakers
  const ids = yield* Ids

  const buy = (slices: ReadonlyArray<Slice>): Effect.Effect<ReadonlyArray<Exit.Exit<void, Failure>>, Failure> =>
    Effect.gen(function*() {
      const callId = yield* ids.uuid
      const texts = slices.flatMap(({ chunks }) => chunks.map((chunk) => chunk.text))
      const estimate = Math.ceil(texts.reduce((total, text) => total + text.length, 0) / bytesPerToken)
      yield* vectors.announce(purchase(callId, embedder.model, slices, estimate))
      const bought = yield* Effect.result(breakers.guard("embedder", embedder.embed(texts)))
      if (bought._tag === "Failure") {
        yield* vectors.withdraw(callId)
        const halves = bought.failure._tag === "PermanentError" ? halve(slices) : undefined
        if (halves === undefined) return slices.map(() => Exit.fail(bought.failure))
        return (yield* Effect.forEach(halves, buy)).flat()
      }
      const { requestId, tokens, vectors: found } = bought.success
      const stale = yield* vectors.store(purchase(callId, embedder.model, slices, tokens), found, requestId)
      return slices.map(({ job }) =>
        stale.has(job.job_id) ? Exit.fail(new StaleClaim({ job_id: job.job_id })) : Exit.void
      )
    }).pipe(Effect.withSpan("EmbeddingBatches.buy", { attributes: { "embedding.slices": slices.length } }))
  return buy
})

/** One refused input must not fail its neighbours: the slices are asked for apart. */
const halve = (slices: ReadonlyArray<Slice>): ReadonlyArray<ReadonlyArray<Slice>> | undefined => {
  const middle = Math.ceil(slices.length / 2)
  return slices.length > 1 ? [slices.slice(0, middle), slices.slice(middle)] : undefined
}

/** Shares a call's tokens out by length; the shares add up to the whole. */
const purchase = (
  callId: string,
  model: Purchase["model"],
  slices: ReadonlyArray<Slice>,
  tokens: number
): Purchase => {
  const lengths = slices.map(({ chunks }) => chunks.reduce((total, chunk) => total + chunk.text.length, 0))
  const whole = lengths.reduce((total, length) => total + length, 0)
  let length = 0
  let given = 0
  return {
    callId,
    model,
    shares: slices.map(({ chunks, job }, index) => {
      length += lengths[index] ?? 0
      const share = Math.round(tokens * length / whole) - given
      given += share
      return { job, chunks, tokens: share, costUsd: embeddingCost(model.model, share) }
    })
  }
}
