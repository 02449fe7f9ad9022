/** The user's side of the jobs on Postgres, as the user: another one's job is not found. */
import { Effect, Layer, Option } from "effect"
import { SqlClient } from "effect/sql"
import type { SqlError } from "effect/sql/SqlError"
import type { By } from "../../../services/ApiKeys.ts"
import { Jobs } from "../../../services/Jobs.ts"
import { errorCodes } from "../../../src/domain/ErrorCode.ts"
import type { JobId, UserId } from "../../../src/domain/Ids.ts"
import { activeStatuses, failedStatuses, failureOf } from "../../../src/domain/JobStatus.ts"
import type { ServiceError } from "../../../src/domain/ServiceError.ts"
import { makeCoalescer } from "../../coalesce.ts"
import { asUsers } from "../connection/asUser.ts"
import { changesChannel, workChannel } from "../connection/channels.ts"
import { Notifications } from "../connection/listen.ts"
import { toServiceError } from "../connection/sqlErrors.ts"
import { makeChanges } from "./changes.ts"
import { decodeJobs, jobColumns } from "./jobRow.ts"
import { listJobs } from "./listJobs.ts"
import { eventColumns, lookAtJobs, type LookRequest, readEvents } from "./lookAtJobs.ts"
import { decodeReceipts, receiptQuery } from "./receipt.ts"

export const JobsSql = Layer.effect(
  Jobs,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const notifications = yield* Notifications
    const failing = Effect.mapError<SqlError, ServiceError>(toServiceError)
    const asUser = (user: UserId) => <A>(statements: Effect.Effect<A, SqlError>) =>
      failing(asUsers(sql, [user])(statements))

    const findJob = (user: UserId, job: JobId) =>
      sql`
        SELECT ${sql.literal(jobColumns)} FROM upload_jobs j JOIN documents d USING (user_id, document_id)
        WHERE j.job_id = ${job} AND j.user_id = ${user}`

    const find = Effect.fn("Jobs.find")(function*(user: UserId, job: JobId) {
      const rows = yield* asUser(user)(findJob(user, job))
      return Option.fromNullishOr((yield* decodeJobs(rows))[0])
    })

    /** The job after a change that may have found nothing to do. */
    const change = Effect.fnUntraced(
      function*(user: UserId, job: JobId, statement: Effect.Effect<ReadonlyArray<unknown>, SqlError>) {
        const [changed, rows] = yield* asUser(user)(Effect.all([statement, findJob(user, job)]))
        const [found] = yield* decodeJobs(rows)
        return Option.map(Option.fromNullishOr(found), (job) => ({ job, changed: changed.length > 0 }))
      }
    )

    // One lane: however many jobs are watched, looking at them takes one connection of the pool.
    const look = yield* makeCoalescer(
      (requests: ReadonlyArray<LookRequest>) => lookAtJobs(sql, requests),
      { most: 200, lanes: 1 }
    )
    const changes = yield* makeChanges(notifications.subscribe(changesChannel))

    return Jobs.of({
      find,
      list: Effect.fn("Jobs.list")(function*(user, filter) {
        const { next, page } = yield* asUser(user)(listJobs(sql, user, filter))
        return { jobs: yield* decodeJobs(page), next }
      }),
      events: Effect.fn("Jobs.events")(function*(user, job, after) {
        const rows = yield* asUser(user)(sql`
          SELECT ${sql.literal(eventColumns)} FROM job_events e JOIN upload_jobs j USING (job_id)
          WHERE e.job_id = ${job} AND j.user_id = ${user} AND e.event_id > ${after}
          ORDER BY e.event_id`)
        return yield* readEvents(rows)
      }),
      look: (user, job, after) => look({ user, job, after }),
      changes,
      receipt: Effect.fn("Jobs.receipt")(function*(user, job) {
        const rows = yield* asUser(user)(
          sql`WITH one AS (SELECT * FROM upload_jobs WHERE job_id = ${job} AND user_id = ${user})
            ${sql.literal(receiptQuery("SELECT * FROM one"))}`
        )
        return Option.fromNullishOr((yield* decodeReceipts(rows))[0]?.receipt)
      }),
      retry: Effect.fn("Jobs.retry")((user, job, by) => change(user, job, retryJob(sql, user, job, by))),
      cancel: Effect.fn("Jobs.cancel")((user, job, by) => change(user, job, cancelJob(sql, user, job, by)))
    })
  })
)

const retryJob = (sql: SqlClient.SqlClient, user: UserId, job: JobId, by: By) =>
  sql`
    WITH failed AS (
      SELECT job_id, status FROM upload_jobs
      WHERE job_id = ${job} AND user_id = ${user} AND ${sql.in("status", failedStatuses)}
      FOR UPDATE
    ), moved AS (
      UPDATE upload_jobs j SET status = j.resume_status, resume_status = NULL, run_at = now(), fence = j.fence + 1,
        retry_count = 0, crash_count = 0, last_error = NULL, processing_completed_at = NULL, updated_at = now(),
        poll_deadline = NULL
      FROM failed WHERE j.job_id = failed.job_id
      RETURNING j.job_id, j.user_id, j.status, j.fence, j.progress, failed.status AS from_status
    ), logged AS (
      INSERT INTO job_events (job_id, type, from_status, to_status, message, actor, fence, progress)
      SELECT job_id, 'moved', from_status, status, 'Retried.', 'user', fence, progress FROM moved
    ), told AS (
      SELECT pg_notify(${changesChannel}, string_agg(job_id::text, ',')), pg_notify(${workChannel}, '')
      FROM moved HAVING count(*) > 0
    ), ${audited(sql, "job.retry", by)}
    SELECT moved.job_id FROM moved, told, audited`

const cancelJob = (sql: SqlClient.SqlClient, user: UserId, job: JobId, by: By) =>
  sql`
    WITH running AS (
      SELECT job_id, status FROM upload_jobs
      WHERE job_id = ${job} AND user_id = ${user} AND ${sql.in("status", activeStatuses)}
      FOR UPDATE
    ), moved AS (
      UPDATE upload_jobs j SET status = ${failures}::jsonb->>running.status,
        resume_status = CASE WHEN running.status = 'parse_queued' THEN 'uploaded' ELSE running.status END,
        run_at = NULL, lease_owner = NULL, lease_until = NULL, fence = j.fence + 1, processing_completed_at = now(),
        last_error = ${cancelled}::jsonb || jsonb_build_object('at_status', running.status), updated_at = now()
      FROM running WHERE j.job_id = running.job_id
      RETURNING j.job_id, j.user_id, j.status, j.fence, j.progress, j.provider_job_id, running.status AS from_status
    ), abandoned AS (
      INSERT INTO parse_cancellations (provider_job_id, job_id, user_id)
      SELECT provider_job_id, job_id, user_id FROM moved
      WHERE from_status = 'parse_queued' AND provider_job_id IS NOT NULL
    ), logged AS (
      INSERT INTO job_events (job_id, type, from_status, to_status, code, message, actor, fence, progress)
      SELECT job_id, 'moved', from_status, status, 'CANCELLED', 'Cancelled.', 'user', fence, progress FROM moved
    ), told AS (
      SELECT pg_notify(${changesChannel}, string_agg(job_id::text, ',')) FROM moved HAVING count(*) > 0
    ), ${audited(sql, "job.cancel", by)}
    SELECT moved.job_id FROM moved, told, audited`

const audited = (sql: SqlClient.SqlClient, action: string, { actor, correlationId, reason, role }: By) =>
  sql`audited AS (
      SELECT accessa_audit(${actor}, ${role}, user_id, ${action}, 'job', job_id::text, ${reason},
        jsonb_build_object('status', from_status), jsonb_build_object('status', status), ${correlationId}::uuid) FROM moved
    )`

const failures = JSON.stringify(Object.fromEntries(activeStatuses.map((status) => [status, failureOf(status)])))
const cancelled = JSON.stringify({
  code: "CANCELLED",
  class: errorCodes.CANCELLED.class,
  message: "Cancelled by its owner.",
  help: errorCodes.CANCELLED.help,
  kept: "Everything stored so far."
})
