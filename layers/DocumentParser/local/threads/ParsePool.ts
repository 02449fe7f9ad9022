/**
 * Two places to parse at, each with a thread while it is used. A document begins in the short one's place. If it turns out long,
 * it takes its thread along to the long one's place where that is free; otherwise it begins again there when its turn comes.
 * So nobody's short document waits for a long one, and at either place users have their turns.
 */
import { Deferred, Duration, Effect, Exit, Pool } from "effect"
import type { Worker } from "node:worker_threads"
import type { JobId, UserId } from "../../../../src/domain/Ids.ts"
import { type ServiceError, TransientError } from "../../../../src/domain/ServiceError.ts"
import { ask, parsedOrRefused, type ParseTask, startThread, tooComplex, watchBuffers } from "./ParseThread.ts"
import { makeTurns } from "./Turns.ts"

export interface ParsePoolOptions {
  readonly short: Duration.Input
  readonly limit: Duration.Input
  readonly perScan: Duration.Input
  readonly memoryMb: number
  readonly waiting: { readonly ofOneUser: number; readonly ofAll: number }
}

export interface ParseOrder {
  readonly user: UserId
  readonly job: JobId
  /** Run when the work begins, and again where it begins again: the bytes are handed to a thread. */
  readonly task: Effect.Effect<ParseTask, ServiceError>
}

/** Its work went on in the short ones' place for too long, and the other place is taken. */
class Long {
  readonly _tag = "Long"
}

/** Of so many long documents it is remembered that they are. */
const remembered = 1_000

export const makeParsePool = Effect.fnUntraced(function*(options: ParsePoolOptions) {
  const threads = yield* Pool.makeWithTTL({
    acquire: startThread(options.memoryMb),
    min: 0,
    max: 2,
    timeToLive: "1 minute"
  })
  const [short, long] = [makeTurns(), makeTurns()]
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

  /** At a place that is taken; `onScans` hears of pages for OCR, and `watch` ends the work by failing. */
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
      // What a failed or interrupted parse leaves behind is not known; only an answer proves a thread sound.
      Effect.onError(() => Pool.invalidate(threads, thread))
    )
    yield* Effect.annotateCurrentSpan({ "parser.scans": scans })
    return yield* parsedOrRefused(reply)
  }, Effect.scoped)

  const atShortPlace = (order: ParseOrder) =>
    Effect.acquireUseRelease(
      Effect.as(short.take(order.user), { at: short }),
      (place) => {
        const evicted = Deferred.makeUnsafe<never, Long>()
        /** Only where somebody waits is the work so far given up. */
        const moveOver = (isScan: boolean) => {
          if (place.at === long) return
          if (long.takeNow(order.user)) {
            place.at = long
            short.release()
          } else if (isScan || short.waiting() > 0) Deferred.doneUnsafe(evicted, Exit.fail(new Long()))
        }
        const watchTime = Effect.sync(() => moveOver(false)).pipe(
          Effect.delay("100 millis"),
          Effect.forever,
          Effect.delay(options.short)
        )
        return work(order, () => moveOver(true), Effect.raceFirst(Deferred.await(evicted), watchTime))
      },
      (place) => Effect.sync(() => place.at.release())
    )

  const atLongPlace = (order: ParseOrder) =>
    Effect.acquireUseRelease(
      long.take(order.user),
      () => work(order, () => {}, Effect.never),
      () => Effect.sync(long.release)
    )

  const isCrowded = (user: UserId) =>
    long.isTaken() && (long.waiting(user) >= options.waiting.ofOneUser || long.waiting() >= options.waiting.ofAll)

  /** Undefined if it is long, and too many such wait for their turn: ask again later. */
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

/** How much more there is shows while the time runs. Never succeeds. */
const watchClock = (limit: Duration.Input, more: () => Duration.Duration) =>
  Effect.sleep(limit).pipe(
    Effect.andThen(Effect.suspend(() => Effect.sleep(more()))),
    Effect.andThen(Effect.suspend(() => {
      const whole = Duration.sum(Duration.fromInputUnsafe(limit), more())
      return Effect.fail(tooComplex(`Parsing the document took longer than ${Duration.format(whole)}.`))
    }))
  )

/** A storage that hands the file out too slowly holds up the others. */
const inTime = <A>(task: Effect.Effect<A, ServiceError>, limit: Duration.Input) =>
  Effect.timeoutOrElse(task, {
    duration: limit,
    orElse: () =>
      Effect.fail(
        new TransientError({
          code: "STORAGE_FAILED",
          message: `The file did not come within ${Duration.format(Duration.fromInputUnsafe(limit))}.`,
          dependency: "storage"
        })
      )
  })
