/**
 * The worker's loop: claims due jobs up to its concurrency, runs each in a fiber, and sleeps until there may be more. When
 * stopped, it claims no more, gives its jobs some time to finish, and releases the rest.
 */
import {
  Clock,
  Context,
  Deferred,
  Duration,
  Effect,
  FiberMap,
  Layer,
  Option,
  Queue,
  Ref,
  Schedule,
  type Scope,
  Stream,
  SubscriptionRef
} from "effect"
import { RateLimitsSeen } from "../../otel/metrics/rateHeadroom.ts"
import { count, gauges } from "../../otel/metrics/record.ts"
import { untraced } from "../../otel/shared.ts"
import { Erasures } from "../../services/Erasures.ts"
import { JobQueue, type WorkerBeat } from "../../services/JobQueue.ts"
import type { JobId, WorkerId } from "../domain/Ids.ts"
import type { ClaimedJob } from "../domain/Job.ts"
import { orphans } from "../policy/erasures.ts"
import { Leases } from "../policy/leases.ts"
import { uploads } from "../policy/uploads.ts"
import {
  busyInterval,
  drainTime,
  errorPause,
  gatherTime,
  guestJobs,
  idlePollInterval,
  pollInterval
} from "../policy/worker.ts"
import { runJob } from "../stages/runJob.ts"
import { cancelParses } from "./cancelParses.ts"
import { eraseDeleted } from "./eraseDeleted.ts"
import { makeSuspects } from "./suspects.ts"
import { forAll, Sweeper } from "./Sweeper.ts"
import { sweepObjects } from "./sweepObjects.ts"
import { sweepUploads } from "./sweepUploads.ts"
import { watchClock } from "./watchClock.ts"

export interface WorkerOptions {
  readonly workerId: WorkerId
  readonly concurrency: number
  readonly heartbeat: Duration.Duration
  readonly hostname: string
  readonly pid: number
  readonly version: string
}

/** How long ago the database last took the heartbeat, and answered a claim: a worker may run and reach neither. */
export interface SignsOfLife {
  readonly heartbeat: Duration.Duration
  readonly claim: Duration.Duration
}

/** The worker's state for its health endpoint. */
export class Worker extends Context.Service<Worker, {
  readonly report: Effect.Effect<WorkerBeat>
  readonly signsOfLife: Effect.Effect<SignsOfLife>
}>()("accessa/worker/Worker") {
  static readonly layer = (options: WorkerOptions) => Layer.effect(Worker, startWorker(options))
}

const startWorker = Effect.fnUntraced(function*(options: WorkerOptions) {
  const queue = yield* JobQueue
  const erasures = yield* Erasures
  const { concurrency, workerId } = options
  const { idleHeartbeat, sweepInterval } = yield* Leases
  // By job: a job claimed again replaces the fiber that lost its lease.
  const jobs = yield* FiberMap.make<JobId, void, never>()
  const wake = yield* Queue.sliding<void>(1)
  const busy = yield* Queue.sliding<void>(1)
  const state = yield* Ref.make<WorkerBeat["state"]>("running")
  const staleWrites = yield* Ref.make(0)
  const sweeper = yield* Sweeper
  const stopped = yield* Deferred.make<void>()

  const report = Effect.gen(function*() {
    return {
      workerId,
      hostname: options.hostname,
      pid: options.pid,
      version: options.version,
      state: yield* Ref.get(state),
      holds: Array.from(jobs, ([job]) => job),
      staleWrites: yield* Ref.get(staleWrites),
      rateLimits: [...(yield* RateLimitsSeen).values()]
    }
  })
  const clock = watchClock()
  let beatAt = 0
  let claimedAt = yield* Clock.currentTimeMillis
  const signsOfLife = Effect.map(Clock.currentTimeMillis, (now): SignsOfLife => ({
    heartbeat: Duration.millis(now - beatAt),
    claim: Duration.millis(now - claimedAt)
  }))
  const beat = Effect.gen(function*() {
    const { clockAheadMs, isSweeper, mayBeDue } = yield* untraced(Effect.flatMap(report, queue.beat))
    beatAt = yield* Clock.currentTimeMillis
    yield* clock.seen(clockAheadMs)
    const wasSweeper = yield* SubscriptionRef.getAndSet(sweeper, isSweeper)
    // Also answers whether jobs are due: an idle worker that does not sweep asks only by its heartbeats.
    if (!mayBeDue) claimedAt = beatAt
    if (mayBeDue || (isSweeper && !wasSweeper)) yield* Queue.offer(wake, undefined)
  })
  /** An idle worker that does not sweep is quiet for longer, until it claims a job. */
  const untilBeat = Effect.gen(function*() {
    yield* Effect.sleep(options.heartbeat)
    if ((yield* SubscriptionRef.get(sweeper)) || (yield* FiberMap.size(jobs)) > 0) return
    const rest = Duration.toMillis(idleHeartbeat) - ((yield* Clock.currentTimeMillis) - beatAt)
    if (rest > 0) yield* Effect.timeoutOption(Queue.take(busy), rest)
  })
  yield* gauges(
    ["accessa_jobs_running", {}, () => Array.from(jobs).length],
    ["accessa_worker_slots", {}, () => concurrency],
    ["accessa_worker_heartbeat_timestamp_seconds", {}, () => beatAt / 1_000],
    ["accessa_worker_clock_ahead_seconds", {}, () => clock.aheadMs() / 1_000]
  )

  const suspects = yield* makeSuspects
  const run = (job: ClaimedJob) =>
    runJob(job, suspects.clear(job)).pipe(
      Effect.catchTags({
        StaleClaim: () =>
          Ref.update(staleWrites, (before) => before + 1).pipe(
            Effect.andThen(count("accessa_stale_writes_total", { what: "job" })),
            Effect.andThen(
              Effect.logWarning("Stale claim: another worker holds the job, or its document was deleted.")
            ),
            // If it was deleted, this worker may have written outside the database since.
            Effect.andThen(erasures.hasten(job.jobId))
          )
      }),
      // The job's row could not be written: its lease expires, and the sweep gives it to another worker.
      Effect.catch((error) => Effect.logError(`The sweep will release the job. ${error.code}: ${error.message}`)),
      Effect.ensuring(Effect.andThen(suspects.clear(job), Queue.offer(wake, undefined)))
    )

  const untilNext = Effect.gen(function*() {
    const maximum = (yield* SubscriptionRef.get(sweeper)) ? pollInterval : idlePollInterval
    return Option.match(yield* untraced(queue.nextDue(workerId)), {
      onNone: () => maximum,
      onSome: Duration.clamp({ minimum: Duration.millis(1), maximum })
    })
  })

  const claim = Effect.gen(function*() {
    const free = concurrency - (yield* FiberMap.size(jobs))
    const guests = free + guestJobs
    const askedAt = yield* Clock.currentTimeMillis
    const claimed = free > 0
      ? yield* untraced(queue.claim(workerId, free))
      : guests > 0
      ? yield* untraced(queue.claim(workerId, guests, "newcomers"))
      : []
    claimedAt = yield* Clock.currentTimeMillis
    for (const job of yield* suspects.admit(claimed)) yield* FiberMap.run(jobs, job.jobId, run(job))
    const isBusy = (yield* FiberMap.size(jobs)) > 0
    if (isBusy) yield* Queue.offer(busy, undefined)
    if (free > 0 && claimed.length === free) return
    yield* Effect.timeoutOption(Queue.take(wake), isBusy ? busyInterval : yield* untilNext)
    if ((yield* FiberMap.size(jobs)) === 0) return
    // While other jobs run, a short delay lets one claim cover several new jobs and free slots.
    yield* Effect.sleep(gatherTime(Duration.millis(claimedAt - askedAt)))
    yield* Queue.clear(wake)
  })
  const claiming = claim.pipe(
    Effect.catch((error) =>
      Effect.logError(`Could not read the queue. ${error.code}: ${error.message}`).pipe(
        Effect.andThen(Effect.sleep(errorPause))
      )
    ),
    Effect.forever,
    Effect.raceFirst(Deferred.await(stopped))
  )

  // The finalizer is added first and therefore runs last, after everything forked below has ended.
  yield* Effect.addFinalizer(() =>
    Effect.gen(function*() {
      yield* Ref.set(state, "stopped")
      const released = yield* queue.release(workerId)
      yield* beat
      yield* Effect.logInfo(`The worker has stopped and released ${released} jobs.`)
    }).pipe(
      Effect.catch((error) => Effect.logError(`Could not record the shutdown. ${error.code}: ${error.message}`))
    )
  )
  yield* beat
  yield* inBackground("heartbeat", Effect.andThen(untilBeat, beat), Duration.zero)
  yield* inBackground("sweep", forAll(rescue(queue)), sweepInterval)
  yield* inBackground("repair of the turns", forAll(tidyTurns(queue)), sweepInterval)
  yield* inBackground("cancellation of parses", forAll(cancelParses), sweepInterval)
  yield* inBackground("erasure of deleted documents", forAll(eraseDeleted), sweepInterval)
  yield* inBackground("sweep of uploads", forAll(sweepUploads), uploads.sweepInterval)
  yield* inBackground("sweep of objects", forAll(sweepObjects), orphans.look)
  yield* queue.wakeups.pipe(
    Stream.runForEach(() => Queue.offer(wake, undefined)),
    Effect.catch((error) => Effect.logError(`No wake-ups: ${error.message}`)),
    Effect.forkScoped
  )
  yield* Effect.forkScoped(claiming)
  yield* Effect.addFinalizer(() =>
    Effect.gen(function*() {
      yield* Ref.set(state, "draining")
      yield* Deferred.succeed(stopped, undefined)
      const held = yield* FiberMap.size(jobs)
      if (held > 0) yield* Effect.logInfo(`Stopping: ${held} jobs have ${Duration.format(drainTime)} to finish.`)
      yield* Effect.timeoutOption(FiberMap.awaitEmpty(jobs), drainTime)
    })
  )
  yield* Effect.logInfo(`Worker ${workerId} runs up to ${concurrency} jobs at once.`)
  return Worker.of({ report, signsOfLife })
})

const rescue = (queue: JobQueue["Service"]) =>
  Effect.tap(untraced(queue.rescue), ({ dead, released }) =>
    Effect.andThen(
      count("accessa_leases_expired_total", { outcome: "released" }, released),
      count("accessa_leases_expired_total", { outcome: "dead" }, dead)
    ))

const tidyTurns = (queue: JobQueue["Service"]) =>
  Effect.tap(
    untraced(queue.tidyTurns),
    (found) =>
      found > 0
        ? Effect.logWarning(`${found} users had waiting jobs but no turn; their turns have been added.`)
        : Effect.void
  )

/** Once per interval, even if a round fails. */
const inBackground = <A, E extends { readonly message: string }, R>(
  name: string,
  round: Effect.Effect<A, E, R>,
  interval: Duration.Duration
): Effect.Effect<void, never, R | Scope.Scope> =>
  round.pipe(
    Effect.catch((error) => Effect.logError(`The ${name} failed: ${error.message}`)),
    Effect.schedule(Schedule.spaced(interval)),
    Effect.forkScoped,
    Effect.asVoid
  )
