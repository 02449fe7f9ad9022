/**
 * Two lanes, each with a thread while in use. A document starts in the short lane. If it turns out long, it takes its
 * thread along to the long lane if that is free; otherwise it starts again there when its turn comes. Short documents
 * therefore never wait for long ones, and users take turns in both lanes.
 */
import { Deferred, Duration, Effect, Exit, Pool } from "effect"
import type { Worker } from "node:worker_threads"
import { gauges } from "../../../../otel/metrics/record.ts"
import { describeSpan } from "../../../../otel/names/attributes.ts"
import type { JobId, UserId } from "../../../../src/domain/Ids.ts"
import { type ServiceError, TransientError } from "../../../../src/domain/ServiceError.ts"
import { makeTurns } from "../../../shared/Turns.ts"
import {
  ask,
  hasGrownLarge,
  parsedOrRefused,
  type ParseTask,
  startThread,
  tooComplex,
  watchBuffers
} from "./ParseThread.ts"

export interface ParsePoolOptions {
  readonly brief: Duration.Input
  readonly short: Duration.Input
  readonly limit: Duration.Input
  readonly perScan: Duration.Input
  readonly memoryMb: number
  readonly waiting: { readonly ofOneUser: number; readonly ofAll: number }
}

export interface ParseOrder {
  readonly user: UserId
  readonly job: JobId
  /** Runs when the work starts, and again if it restarts: the bytes are transferred to a thread. */
  readonly task: Effect.Effect<ParseTask, ServiceError>
}

/** It took too long in the short lane, and the long lane is taken. */
class Long {
  readonly _tag = "Long"
}

/** The number of long documents that are remembered as such. */
const remembered = 1_000

export const makeParsePool = Effect.fnUntraced(function*(options: ParsePoolOptions) {
  const threads = yield* Pool.makeWithTTL({
    acquire: startThread(options.memoryMb),
    min: 0,
    max: 2,
    timeToLive: "1 minute"
  })
  const [short, long] = [makeTurns(), makeTurns()]
  yield* gauges(
    ["accessa_parse_pool_busy", { lane: "short" }, () => short.isTaken() ? 1 : 0],
    ["accessa_parse_pool_busy", { lane: "long" }, () => long.isTaken() ? 1 : 0],
    ["accessa_parse_pool_waiting", { lane: "short" }, () => short.waiting()],
    ["accessa_parse_pool_waiting", { lane: "long" }, () => long.waiting()]
  )
  const knownLong = new Set<JobId>()

  const isDead = (thread: Worker) => thread.threadId === -1
  const living = Pool.get(threads).pipe(
    Effect.tap((thread) => isDead(thread) ? Pool.invalidate(threads, thread) : Effect.void),
    Effect.repeat({ while: isDead })
  )

  const remember = (job: JobId) => {
    for (const oldest of knownLong) {
      if (knownLong.size < remembered) break
      knownLong.delete(oldest)
    }
    knownLong.add(job)
  }

  /** Runs in an acquired lane; `onScans` receives the number of pages for OCR, and `watch` ends the work by failing. */
  const work = Effect.fnUntraced(function*(
    { task }: ParseOrder,
    onScans: () => void,
    watch: Effect.Effect<never, Long>
  ) {
    const given = yield* inTime(task, options.limit)
    const thread = yield* living
    let scans = 0
    const more = () => Duration.times(Duration.fromInputUnsafe(options.perScan), scans)
    const answer = ask(thread, given, (pages) => {
      scans = pages
      onScans()
    })
    const watches = [watchBuffers(thread, options.memoryMb), watchClock(options.limit, more), watch]
    const reply = yield* Effect.raceAllFirst([answer, ...watches]).pipe(
      // A failed or interrupted parse leaves the thread in an unknown state; only after an answer is it reused.
      Effect.onError(() => Pool.invalidate(threads, thread))
    )
    if (yield* hasGrownLarge(thread)) yield* Pool.invalidate(threads, thread)
    yield* describeSpan({ "parser.scans": scans })
    return yield* parsedOrRefused(reply)
  }, Effect.scoped)

  const atShortPlace = Effect.fnUntraced(function*(order: ParseOrder) {
    const place = yield* Effect.acquireRelease(
      Effect.as(short.take(order.user), { at: short }),
      ({ at }) => Effect.sync(at.release),
      { interruptible: true }
    )
    const evicted = Deferred.makeUnsafe<never, Long>()
    const moveOver = () => {
      if (place.at === short && long.takeNow(order.user)) {
        place.at = long
        short.release()
      }
    }
    /** Discards the work so far. */
    const leave = () => {
      moveOver()
      if (place.at === short) Deferred.doneUnsafe(evicted, Exit.fail(new Long()))
    }
    const every = (act: () => void, from: Duration.Input) =>
      Effect.sync(act).pipe(Effect.delay("100 millis"), Effect.forever, Effect.delay(from))
    const leaveIfAwaited = () => {
      if (short.waiting() > 0) leave()
    }
    const watches = [every(moveOver, options.brief), every(leaveIfAwaited, options.short)]
    return yield* work(order, leave, Effect.raceAllFirst([Deferred.await(evicted), ...watches]))
  }, Effect.scoped)

  const atLongPlace = (order: ParseOrder) =>
    Effect.scoped(Effect.andThen(long.hold(order.user), work(order, () => {}, Effect.never)))

  const isCrowded = (user: UserId) =>
    long.isTaken() && (long.waiting(user) >= options.waiting.ofOneUser || long.waiting() >= options.waiting.ofAll)

  /** Undefined if it is long and too many long documents are waiting: ask again later. */
  return Effect.fn("ParsePool.parse")(function*(order: ParseOrder) {
    if (!knownLong.has(order.job)) {
      const parsed = yield* Effect.catchTag(atShortPlace(order), "Long", () => Effect.undefined)
      if (parsed !== undefined) return parsed
      remember(order.job)
    }
    if (isCrowded(order.user)) return undefined
    const parsed = yield* Effect.catchTag(atLongPlace(order), "Long", Effect.die)
    knownLong.delete(order.job)
    return parsed
  })
})

/** The number of OCR pages becomes known while the time runs. Never succeeds. */
const watchClock = (limit: Duration.Input, more: () => Duration.Duration) =>
  Effect.sleep(limit).pipe(
    Effect.andThen(Effect.suspend(() => Effect.sleep(more()))),
    Effect.andThen(Effect.suspend(() => {
      const whole = Duration.sum(Duration.fromInputUnsafe(limit), more())
      return Effect.fail(tooComplex(`Parsing the document took longer than ${Duration.format(whole)}.`))
    }))
  )

/** A storage that delivers the file too slowly would block the others. */
const inTime = <A>(task: Effect.Effect<A, ServiceError>, limit: Duration.Input) =>
  Effect.timeoutOrElse(task, {
    duration: limit,
    orElse: () =>
      Effect.fail(
        new TransientError({
          code: "STORAGE_FAILED",
          message: `The file did not arrive within ${Duration.format(Duration.fromInputUnsafe(limit))}.`,
          dependency: "storage"
        })
      )
  })
