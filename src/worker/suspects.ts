/**
 * Jobs whose workers have died repeatedly. All jobs held by a dead worker are suspects, although only one caused the crash.
 * A worker therefore runs one suspect at a time, until it has made progress, and releases the others first. Innocent jobs
 * clear themselves; the guilty one crashes alone.
 */
import { Duration, Effect } from "effect"
import { JobQueue } from "../../services/JobQueue.ts"
import type { ClaimedJob } from "../domain/Job.ts"
import { suspectAfter, suspectPause } from "../policy/leases.ts"
import { retryWhileDatabaseIsAway } from "../purchases/retryWhileDatabaseIsAway.ts"
import { WorkerIdentity } from "../stages/WorkerIdentity.ts"

const isSuspect = ({ crashCount }: ClaimedJob): boolean => crashCount >= suspectAfter

export const makeSuspects = Effect.gen(function*() {
  const queue = yield* JobQueue
  const { actor } = yield* WorkerIdentity
  let running: ClaimedJob | undefined

  const giveBack = (job: ClaimedJob) =>
    retryWhileDatabaseIsAway(queue.move({
      jobId: job.jobId,
      fence: job.fence,
      from: job.status,
      to: job.status,
      type: "waiting",
      actor,
      set: {},
      releaseMs: Duration.toMillis(suspectPause)
    })).pipe(Effect.catchTag("StaleClaim", () => Effect.void))

  return {
    /** Those of the claimed jobs that may run now. */
    admit: Effect.fnUntraced(function*(claimed: ReadonlyArray<ClaimedJob>) {
      const admitted: Array<ClaimedJob> = []
      const others: Array<ClaimedJob> = []
      for (const job of claimed) {
        if (isSuspect(job) && running !== undefined && running.jobId !== job.jobId) {
          others.push(job)
          continue
        }
        if (isSuspect(job)) running = job
        admitted.push(job)
      }
      yield* Effect.forEach(others, giveBack, { concurrency: "unbounded", discard: true })
      return admitted
    }),
    /** This claim has made progress, or has ended. */
    clear: (job: ClaimedJob) =>
      Effect.sync(() => {
        if (running?.jobId === job.jobId && running.fence === job.fence) running = undefined
      })
  }
})
