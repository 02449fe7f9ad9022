/** The user's side of jobs on Postgres, run as the user: another user's job is not found. */
import { Effect, Layer, Option, Schema } from "effect"
import { SqlClient } from "effect/sql"
import type { SqlError } from "effect/sql/SqlError"
import { logTransitions } from "../../../otel/logs/logTransition.ts"
import { Jobs } from "../../../services/Jobs.ts"
import type { JobId, UserId } from "../../../src/domain/Ids.ts"
import { JobStatus } from "../../../src/domain/JobStatus.ts"
import { makeCoalescer } from "../../shared/coalesce.ts"
import { asUsers } from "../connection/asUser.ts"
import { changesChannel } from "../connection/channels.ts"
import { Notifications } from "../connection/listen.ts"
import { decodeRows, run } from "../connection/rows.ts"
import { cancelJob } from "./cancelJob.ts"
import { makeChanges } from "./changes.ts"
import { findJobs, type FindRequest } from "./findJobs.ts"
import { jobCalls } from "./jobCalls.ts"
import { decodeJobs, jobColumns, joinDocument } from "./jobRow.ts"
import { listJobs } from "./listJobs.ts"
import { eventColumns, lookAtJobs, type LookRequest, readEvents } from "./lookAtJobs.ts"
import { readReceipts, receiptQuery } from "./receipt.ts"
import { retryJob } from "./retryJob.ts"

export const JobsSql = Layer.effect(
  Jobs,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const notifications = yield* Notifications
    const asUser = (user: UserId) => asUsers(sql, [user])

    const findJob = (user: UserId, job: JobId) =>
      sql`
        SELECT ${sql.literal(jobColumns)} FROM upload_jobs j ${sql.literal(joinDocument)}
        WHERE j.job_id = ${job} AND j.user_id = ${user}`

    // Two lanes: while one statement is under way, the next one gathers.
    const find = yield* makeCoalescer(
      (requests: ReadonlyArray<FindRequest>) => findJobs(sql, requests),
      { most: 64, lanes: 2 }
    )

    /** The job after a change that may have had no effect. */
    const change = Effect.fnUntraced(
      function*(user: UserId, job: JobId, statement: Effect.Effect<ReadonlyArray<unknown>, SqlError>) {
        const [changes, rows] = yield* Effect.all([statement, findJob(user, job)]).pipe(asUser(user), run)
        const [found] = yield* decodeJobs(rows)
        const changed = yield* decodeChanged(changes)
        if (found !== undefined) {
          yield* logTransitions(found, changed.map(({ from_status: from, status: to }) => ({ from, to })))
        }
        return Option.map(Option.fromNullishOr(found), (job) => ({ job, changed: changed.length > 0 }))
      }
    )

    // All watched jobs are read over one connection of the pool.
    const look = yield* makeCoalescer(
      (requests: ReadonlyArray<LookRequest>) => lookAtJobs(sql, requests),
      { most: 200, lanes: 1 }
    )
    const changes = yield* makeChanges(notifications.subscribe(changesChannel))

    return Jobs.of({
      find: Effect.fn("Jobs.find")((user, job) => find({ user, job })),
      list: Effect.fn("Jobs.list")(function*(user, filter) {
        const { next, page } = yield* listJobs(sql, user, filter).pipe(asUser(user), run)
        return { jobs: yield* decodeJobs(page), next }
      }),
      events: Effect.fn("Jobs.events")(function*(user, job, after) {
        return yield* sql`
          SELECT ${sql.literal(eventColumns)} FROM job_events e JOIN upload_jobs j USING (job_id)
          WHERE e.job_id = ${job} AND j.user_id = ${user} AND e.event_id > ${after}
          ORDER BY e.event_id`.pipe(asUser(user), readEvents)
      }),
      look: (user, job, after) => look({ user, job, after }),
      changes,
      calls: Effect.fn("Jobs.calls")((user, job) => jobCalls(sql, job).pipe(asUser(user), run)),
      receipt: Effect.fn("Jobs.receipt")(function*(user, job) {
        const [row] = yield* sql`
          WITH one AS (SELECT * FROM upload_jobs WHERE job_id = ${job} AND user_id = ${user})
          SELECT * FROM (${sql.literal(receiptQuery("SELECT * FROM one"))}) receipt`.pipe(asUser(user), readReceipts)
        return Option.fromNullishOr(row?.receipt)
      }),
      retry: Effect.fn("Jobs.retry")((user, job, by) => change(user, job, retryJob(sql, user, job, by))),
      cancel: Effect.fn("Jobs.cancel")((user, job, by) => change(user, job, cancelJob(sql, user, job, by)))
    })
  })
)

const decodeChanged = decodeRows(Schema.Struct({ from_status: JobStatus, status: JobStatus }))
