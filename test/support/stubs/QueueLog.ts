/** A queue without a database: records the requested moves, and returns the test's results. */
import { Context, DateTime, Effect, Layer, Stream } from "effect"
import { JobQueue } from "../../../services/JobQueue.ts"
import type { ClaimedJob } from "../../../src/domain/Job.ts"
import type { Move, StaleClaim } from "../../../src/domain/Move.ts"
import type { ServiceError } from "../../../src/domain/ServiceError.ts"
import { anUpload, jobOf } from "../builders/jobInMemory.ts"

export class QueueLog extends Context.Service<QueueLog, {
  readonly moves: Array<Move>
  /** Instead of the next moves, one each. */
  readonly failures: Array<ServiceError | StaleClaim>
}>()("accessa/test/QueueLog") {
  static readonly layer: Layer.Layer<QueueLog | JobQueue> = Layer.effectContext(Effect.sync(() => {
    const log = QueueLog.of({ moves: [], failures: [] })
    const unused = Effect.die(new Error("no stage has a use for this"))
    return Context.make(QueueLog, log).pipe(Context.add(JobQueue, {
      claim: () => unused,
      move: (move) =>
        Effect.suspend(() => {
          const failure = log.failures.shift()
          if (failure !== undefined) return Effect.fail(failure)
          log.moves.push(move)
          return Effect.void
        }),
      complete: () => unused,
      beat: () => unused,
      release: () => unused,
      rescue: unused,
      tidyTurns: unused,
      takeAbandoned: unused,
      nextDue: () => unused,
      wakeups: Stream.never
    }))
  }))
}

export const aClaim = (fields: Partial<ClaimedJob> = {}): ClaimedJob => ({
  ...jobOf(anUpload(), DateTime.makeUnsafe(0)),
  fence: 1n,
  traceparent: null,
  webhookSecret: "5e".repeat(32),
  pollLeftMs: null,
  parseAttempts: 0,
  ...fields
})
