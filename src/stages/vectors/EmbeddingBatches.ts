/**
 * Fills embedding requests across documents, from all users evenly. Jobs add their missing chunks; a request is sent when
 * it is full, has waited a moment, or no other job can add to it; each answer is durable before its jobs continue.
 */
import { Context, Effect, Exit, FiberSet, Layer, Option, Queue, Semaphore } from "effect"
import { onBehalfOf, type Requester, requester } from "../../../otel/shared.ts"
import type { JobId, UserId } from "../../domain/Ids.ts"
import { StaleClaim } from "../../domain/Move.ts"
import { apartAtOnce, embeddingBatch } from "../../policy/limits.ts"
import { makeBuyer } from "../../purchases/buyVectors.ts"
import { byJob, type Ends, type Failure, type Slice } from "../../purchases/Slice.ts"
import { type AllParts, makeAllParts } from "./AllParts.ts"
import { makeBacklog, type Taken } from "./Backlog.ts"

interface Waiting extends Slice {
  readonly parts: AllParts
  readonly requester: Requester
  /** Its job ended without it. */
  isGone: boolean
}

export class EmbeddingBatches extends Context.Service<EmbeddingBatches, {
  /** Buys and stores the vectors of these chunks; they may go in several requests, beside other jobs' chunks. */
  readonly embed: (slice: Slice) => Effect.Effect<void, Failure>
  /** Runs a job. Until it has added chunks or ended, an incomplete request waits a moment for it. */
  readonly expecting: <A, E, R>(jobId: JobId, run: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}>()("accessa/stages/EmbeddingBatches") {
  static readonly layer = Layer.effect(
    EmbeddingBatches,
    Effect.gen(function*() {
      const backlog = makeBacklog<Waiting>()
      const expected = new Set<JobId>()
      const arrived = yield* Queue.sliding<void>(1)
      const buyer = yield* makeBuyer
      const searches = yield* FiberSet.make<void>()
      const oneSearch = yield* Semaphore.make(1)
      const permits = yield* Semaphore.make(embeddingBatch.complete)
      let underWay = 0

      const endAll = (
        taken: ReadonlyArray<Taken<Waiting>>,
        exit: Exit.Exit<Ends, Failure>
      ) =>
        Effect.forEach(taken, ({ chunks, entry }) => {
          const { job: { jobId }, parts } = entry
          const ending = Exit.isSuccess(exit)
            ? exit.value.get(jobId) ?? Exit.fail(new StaleClaim({ jobId }))
            : Exit.failCause(exit.cause)
          return parts.end(chunks.length, ending)
        }, { discard: true })

      /** Outside the permit: only jobs with refused texts wait while the refused ones are isolated. */
      const searchLater = Effect.fnUntraced(
        function*(group: ReadonlyArray<Slice>, parts: ReadonlyArray<Taken<Waiting>>) {
          const theirs = parts.filter(({ entry: { job } }) => group.some((slice) => slice.job.jobId === job.jobId))
          yield* FiberSet.run(
            searches,
            oneSearch.withPermits(1)(Effect.exit(buyer.search(group))).pipe(
              onBehalfOf(theirs.map(({ entry }) => entry.requester)),
              Effect.flatMap((exit) => endAll(theirs, exit))
            )
          )
          return theirs
        }
      )

      const buyGroup = Effect.fnUntraced(function*(parts: ReadonlyArray<Taken<Waiting>>) {
        const exit = yield* buyer.buy(byJob(parts.map(({ chunks, entry: { job } }) => ({ job, chunks })))).pipe(
          onBehalfOf(parts.map(({ entry }) => entry.requester)),
          Effect.exit
        )
        const suspects = Exit.isSuccess(exit) ? exit.value.suspects : []
        const waiting = new Set<Taken<Waiting>>()
        for (const group of suspects) for (const part of yield* searchLater(group, parts)) waiting.add(part)
        yield* endAll(parts.filter((part) => !waiting.has(part)), Exit.map(exit, ({ ends }) => ends))
      })

      const send = Effect.fnUntraced(function*(batch: ReadonlyArray<Taken<Waiting>>) {
        const newest = newestFences(batch.map(({ entry }) => entry))
        const current = batch.filter(({ entry: { isGone, job } }) => !isGone && newest.get(job.jobId) === job.fence)
        yield* endAll(batch.filter((part) => !current.includes(part)), Exit.succeed(new Map()))
        const groups = new Map<UserId | "together", Array<Taken<Waiting>>>()
        for (const part of current) {
          const user = part.entry.job.userId
          const key = (yield* buyer.isApart(user)) ? user : "together" as const
          groups.set(key, [...groups.get(key) ?? [], part])
        }
        yield* Effect.forEach(groups.values(), buyGroup, { concurrency: apartAtOnce, discard: true })
      })

      // The permit is acquired before texts are collected: while all requests are under way, the next one fills up.
      const dispatch = Effect.gen(function*() {
        yield* permits.take(1)
        while (backlog.isEmpty()) yield* Queue.take(arrived)
        while (!backlog.isFull()) {
          if (underWay >= embeddingBatch.concurrency) {
            yield* Queue.take(arrived)
            continue
          }
          if (underWay === 0 && expected.size === 0) break
          const linger = underWay > 0 ? embeddingBatch.busyLinger : embeddingBatch.linger
          if (Option.isNone(yield* Effect.timeoutOption(Queue.take(arrived), linger))) break
        }
        underWay++
        const ended = Effect.all([
          Effect.sync(() => underWay--),
          permits.release(1),
          Queue.offer(arrived, undefined)
        ], { discard: true })
        yield* Effect.forkChild(Effect.ensuring(send(backlog.take()), ended))
      })
      yield* Effect.forkScoped(Effect.forever(dispatch))

      return EmbeddingBatches.of({
        expecting: (jobId, run) =>
          Effect.suspend(() => {
            expected.add(jobId)
            return Effect.ensuring(run, Effect.sync(() => expected.delete(jobId)))
          }),
        embed: Effect.fn("EmbeddingBatches.embed")(function*(slice) {
          if (slice.chunks.length === 0) return
          const waiting: Waiting = {
            ...slice,
            parts: yield* makeAllParts(slice.chunks.length),
            requester: yield* requester,
            isGone: false
          }
          backlog.add(waiting)
          expected.delete(slice.job.jobId)
          yield* Queue.offer(arrived, undefined)
          yield* Effect.onInterrupt(waiting.parts.ended, () =>
            Effect.sync(() => {
              waiting.isGone = true
              backlog.remove(waiting)
            }))
        })
      })
    })
  )
}

/** A worker that slept past its lease may have claimed a job again: no one waits for its requests under the old fence. */
const newestFences = (batch: ReadonlyArray<Slice>): ReadonlyMap<JobId, bigint> => {
  const fences = new Map<JobId, bigint>()
  for (const { job } of batch) {
    const known = fences.get(job.jobId)
    if (known === undefined || known < job.fence) fences.set(job.jobId, job.fence)
  }
  return fences
}
