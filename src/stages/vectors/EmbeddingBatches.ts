/**
 * Fills embedding requests across documents, from all users evenly. Jobs hand in their missing chunks; a request goes out when it is full, or when
 * it has waited a moment; each answer is durable before the jobs hear of it.
 */
import { Context, Deferred, Effect, Exit, FiberSet, Layer, Option, Queue, Semaphore } from "effect"
import type { JobId, UserId } from "../../domain/Ids.ts"
import { StaleClaim } from "../../domain/Move.ts"
import { apartAtOnce, embeddingBatch } from "../../policy/limits.ts"
import { makeBuyer } from "../../purchases/buyVectors.ts"
import { byJob, type Ends, type Failure, type Slice } from "../../purchases/Slice.ts"
import { makeBacklog, type Taken } from "./Backlog.ts"

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
      const buyer = yield* makeBuyer
      const searches = yield* FiberSet.make<void>()
      const oneSearch = yield* Semaphore.make(1)
      const permits = yield* Semaphore.make(embeddingBatch.concurrency)

      const hearAll = (
        parts: ReadonlyArray<Taken<Waiting>>,
        exit: Exit.Exit<Ends, Failure>
      ) =>
        Effect.forEach(parts, (part) => {
          const { job_id } = part.of.job
          const stale = Exit.fail(new StaleClaim({ job_id }))
          return hear(part, Exit.isSuccess(exit) ? exit.value.get(job_id) ?? stale : Exit.failCause(exit.cause))
        }, { discard: true })

      /** Not under the permit: whoever has texts that are refused waits for the search among them, and nobody else does. */
      const searchLater = Effect.fnUntraced(
        function*(group: ReadonlyArray<Slice>, parts: ReadonlyArray<Taken<Waiting>>) {
          const theirs = parts.filter(({ of: { job } }) => group.some((slice) => slice.job.job_id === job.job_id))
          yield* FiberSet.run(
            searches,
            oneSearch.withPermits(1)(Effect.exit(buyer.search(group))).pipe(
              Effect.flatMap((exit) => hearAll(theirs, exit))
            )
          )
          return theirs
        }
      )

      const buyGroup = Effect.fnUntraced(function*(parts: ReadonlyArray<Taken<Waiting>>) {
        const exit = yield* Effect.exit(buyer.buy(byJob(parts.map(({ chunks, of: { job } }) => ({ job, chunks })))))
        const suspects = Exit.isSuccess(exit) ? exit.value.suspects : []
        const waiting = new Set<Taken<Waiting>>()
        for (const group of suspects) for (const part of yield* searchLater(group, parts)) waiting.add(part)
        yield* hearAll(parts.filter((part) => !waiting.has(part)), Exit.map(exit, ({ ends }) => ends))
      })

      const send = Effect.fnUntraced(function*(batch: ReadonlyArray<Taken<Waiting>>) {
        const newest = newestFences(batch.map(({ of }) => of))
        const current = batch.filter(({ of: { isGone, job } }) => !isGone && newest.get(job.job_id) === job.fence)
        yield* hearAll(batch.filter((part) => !current.includes(part)), Exit.succeed(new Map()))
        const groups = new Map<UserId | "together", Array<Taken<Waiting>>>()
        for (const part of current) {
          const user = part.of.job.user_id
          const key = (yield* buyer.isApart(user)) ? user : "together" as const
          groups.set(key, [...groups.get(key) ?? [], part])
        }
        yield* Effect.forEach(groups.values(), buyGroup, { concurrency: apartAtOnce, discard: true })
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

/** A worker that slept past its lease may have claimed a job again: what it asked for under the old fence nobody waits for. */
const newestFences = (batch: ReadonlyArray<Slice>): ReadonlyMap<JobId, bigint> => {
  const fences = new Map<JobId, bigint>()
  for (const { job } of batch) {
    const known = fences.get(job.job_id)
    if (known === undefined || known < job.fence) fences.set(job.job_id, job.fence)
  }
  return fences
}
