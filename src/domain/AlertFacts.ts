/** What the rules are judged by, read from the database at one moment. Ages are in seconds on its clock; null: there is none. */
import { Schema } from "effect"

const age = Schema.NullOr(Schema.Finite)
const count = Schema.Int

export const AlertFacts = Schema.Struct({
  /** Workers that have not stopped, of the last day. */
  workers: Schema.Array(Schema.Struct({
    worker: Schema.String,
    hostname: Schema.String,
    age: Schema.Finite,
    /** How far its clock was ahead of the database's at its last heartbeat; negative if it was behind. */
    clockAheadMs: Schema.NullOr(Schema.Int),
    /** A worker has started since its last heartbeat. */
    replaced: Schema.Boolean
  })),
  /** How long the longest-waiting job has been due, among those examined. */
  dueFor: age,
  lastMove: age,
  lastCompleted: age,
  /** The oldest first, at most 20. `lost`: it has not ended, but can neither be claimed nor does a worker hold it. */
  stuckJobs: Schema.Array(
    Schema.Struct({ job: Schema.String, status: Schema.String, age: Schema.Finite, lost: Schema.Boolean })
  ),
  /** Jobs that failed with WORKER_CRASHED in the last 15 minutes and have not been retried, at most 20. */
  poison: Schema.Array(Schema.Struct({ job: Schema.String, document: Schema.String })),
  /** Failures, retries and waits of the last five minutes. */
  errors: Schema.Array(Schema.Struct({ code: Schema.String, times: count })),
  /** Jobs that ended in the last 15 minutes, except cancelled ones. */
  ended: Schema.Struct({ complete: count, failed: count }),
  /** From upload to completion, in seconds: 95 % of the jobs of the last 15 minutes, and of the median hour of seven days. */
  latency: Schema.Struct({ recent: age, recentJobs: count, usual: age, usualJobs: count }),
  /** Above half of their limit, or with jobs that are parked for the budget. */
  budgets: Schema.Array(
    Schema.Struct({ user: Schema.NullOr(Schema.String), share: Schema.Finite, parked: Schema.Boolean })
  ),
  /** Parses that ended in the last 15 minutes, and those of them without a callback. */
  parses: Schema.Struct({ ended: count, polled: count }),
  connections: Schema.Struct({ used: count, most: count }),
  /** Growth of the chunk and vector tables; null without a sample that is ten minutes old. */
  bufferBytesPerHour: Schema.NullOr(Schema.Finite),
  /** Sinks with notices that failed, with the attempts of the worst. */
  sinks: Schema.Array(Schema.Struct({ sink: Schema.String, attempts: count, error: Schema.String })),
  /** The last release of each environment, if it ended in the last seven days without a promotion and no alert about it was acknowledged. */
  failedReleases: Schema.Array(Schema.Struct({
    environment: Schema.String,
    version: Schema.String,
    outcome: Schema.Literals(["rolled_back", "needs_a_person"]),
    reason: Schema.String
  })),
  /** The transaction that has been open longest. */
  transaction: Schema.NullOr(Schema.Struct({ pid: Schema.Int, name: Schema.String, age: Schema.Finite })),
  /** The last daily check of what the database promises, and what did not hold; null: none was made. */
  compliance: Schema.NullOr(Schema.Struct({
    age: Schema.Finite,
    faults: Schema.Array(Schema.Struct({ name: Schema.String, found: Schema.String }))
  })),
  /** Rights on our tables that other roles have. */
  grants: Schema.Array(Schema.String)
})
export type AlertFacts = typeof AlertFacts.Type
