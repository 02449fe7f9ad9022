/**
 * Fills embedding requests across documents. Jobs hand in their missing chunks; a request goes out when it is full, or when
 * it has waited a moment; each answer is durable before the jobs hear of it.
 */
import { Context, Deferred, Effect, Exit, Layer, Queue, Semaphore } from "effect"
import type { MissingChunk } from "../../services/Vectors.ts"
import type { JobId } from "../domain/Ids.ts"
import { StaleClaim } from "../domain/Move.ts"
import { embeddingBatch } from "../policy/limits.ts"
import { byJob, type Endings, type Failure, makeBuyer, type Slice } from "./buyVectors.ts"

interface Waiting extends Slice {
  readonly done: Deferred.Deferred<void, Failure>
  /** Its job ended without it. */
  isGone: boolean
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

      const send = Effect.fnUntraced(function*(batch: ReadonlyArray<Waiting>) {
        const newest = newestFences(batch)
        const current = batch.filter(({ isGone, job }) => !isGone && newest.get(job.job_id) === job.fence)
        const exit = yield* Effect.exit(current.length === 0 ? nothing : buy(byJob(current)))
        for (const waiting of batch) {
          const { job_id } = waiting.job
          const stale = Exit.fail(new StaleClaim({ job_id }))
          const ending = Exit.isSuccess(exit) ? exit.value.get(job_id) ?? stale : Exit.failCause(exit.cause)
          yield* Deferred.done(waiting.done, current.includes(waiting) ? ending : stale)
        }
      })

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
              const waiting: Waiting = { job, chunks: part, done, isGone: false }
              yield* Queue.offer(queue, waiting)
              return yield* Effect.exit(Deferred.await(done)).pipe(
                Effect.onInterrupt(() => Effect.sync(() => void (waiting.isGone = true)))
              )
            }), { concurrency: "unbounded" })
          for (const part of parts) yield* part
        })
      })
    })
  )
}

const nothing: Effect.Effect<Endings, Failure> = Effect.succeed(new Map())

/** A worker that slept past its lease may have claimed a job again: what it asked for under the old fence nobody waits for. */
const newestFences = (batch: ReadonlyArray<Slice>): ReadonlyMap<JobId, bigint> => {
  const fences = new Map<JobId, bigint>()
  for (const { job } of batch) {
    const known = fences.get(job.job_id)
    if (known === undefined || known < job.fence) fences.set(job.job_id, job.fence)
  }
  return fences
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
