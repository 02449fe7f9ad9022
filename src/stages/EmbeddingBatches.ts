/**
 * Fills embedding requests across documents, from all users evenly. Jobs hand in their missing chunks; a request goes out when it is full, or when
 * it has waited a moment; each answer is durable before the jobs hear of it.
 */
import { Context, Deferred, Effect, Exit, Layer, Option, Queue, Semaphore } from "effect"
import type { JobId } from "../domain/Ids.ts"
import { StaleClaim } from "../domain/Move.ts"
import { embeddingBatch } from "../policy/limits.ts"
import { makeBacklog, type Taken } from "./Backlog.ts"
import { byJob, type Endings, type Failure, makeBuyer, type Slice } from "./buyVectors.ts"

interface Waiting extends Slice {
  readonly done: Deferred.Deferred<void, Failure>
  /** How many of its chunks nothing has been heard of. */
  open: number
  ending: Exit.Exit<void, Failure>
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
      const backlog = makeBacklog<Waiting>()
      const arrived = yield* Queue.sliding<void>(1)
      const buy = yield* makeBuyer
      const permits = yield* Semaphore.make(embeddingBatch.concurrency)

      const send = Effect.fnUntraced(function*(batch: ReadonlyArray<Taken<Waiting>>) {
        const newest = newestFences(batch.map(({ of }) => of))
        const current = batch.filter(({ of: { isGone, job } }) => !isGone && newest.get(job.job_id) === job.fence)
        const slices = current.map(({ chunks, of: { job } }) => ({ job, chunks }))
        const exit = yield* Effect.exit(slices.length === 0 ? nothing : buy(byJob(slices)))
        for (const part of batch) {
          const { job_id } = part.of.job
          const stale = Exit.fail(new StaleClaim({ job_id }))
          const ending = Exit.isSuccess(exit) ? exit.value.get(job_id) ?? stale : Exit.failCause(exit.cause)
          yield* hear(part, current.includes(part) ? ending : stale)
        }
      })

      // The permit comes before the gathering: while all requests are under way, the next one fills up.
      const dispatch = Effect.gen(function*() {
        yield* permits.take(1)
        while (backlog.isEmpty()) yield* Queue.take(arrived)
        while (!backlog.isFull()) {
          if (Option.isNone(yield* Effect.timeoutOption(Queue.take(arrived), embeddingBatch.linger))) break
        }
        yield* Effect.forkChild(Effect.ensuring(send(backlog.take()), permits.release(1)))
      })
      yield* Effect.forkScoped(Effect.forever(dispatch))

      return EmbeddingBatches.of({
        embed: Effect.fn("EmbeddingBatches.embed")(function*(slice) {
          if (slice.chunks.length === 0) return
          const done = yield* Deferred.make<void, Failure>()
          const waiting: Waiting = { ...slice, done, open: slice.chunks.length, ending: Exit.void, isGone: false }
          backlog.add(waiting)
          yield* Queue.offer(arrived, undefined)
          yield* Effect.onInterrupt(Deferred.await(done), () =>
            Effect.sync(() => {
              waiting.isGone = true
              backlog.remove(waiting)
            }))
        })
      })
    })
  )
}

/** All are heard before one that failed ends the job: what the others bought would come too late to be stored. */
const hear = ({ chunks, of }: Taken<Waiting>, ending: Exit.Exit<void, Failure>) =>
  Effect.suspend(() => {
    of.open -= chunks.length
    if (Exit.isSuccess(of.ending)) of.ending = ending
    return of.open > 0 ? Effect.void : Deferred.done(of.done, of.ending)
  })

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
