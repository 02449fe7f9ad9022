/** Resumes a failed job for its owner. */
import type { SqlClient } from "effect/sql"
import type { JobId, UserId } from "../../../src/domain/Ids.ts"
import { failedStatuses } from "../../../src/domain/JobStatus.ts"
import type { By } from "../../../src/domain/Principal.ts"
import { jobsPayload, workChannel } from "../connection/channels.ts"
import { auditJob } from "./auditJob.ts"
import { transition } from "./transition.ts"

export const retryJob = (sql: SqlClient.SqlClient, user: UserId, job: JobId, by: By) =>
  sql`
    WITH held AS (
      SELECT job_id, fence, status AS from_status, ARRAY[resume_status] AS path, 'moved' AS type, NULL AS code,
        'Retried.' AS message, 'user' AS actor
      FROM upload_jobs
      WHERE job_id = ${job} AND user_id = ${user} AND ${sql.in("status", failedStatuses)}
      FOR UPDATE
    ), ${
    sql.literal(transition({
      held: "held",
      runAt: "now()",
      newFence: true,
      set: "resume_status = NULL, retry_count = 0, crash_count = 0, last_error = NULL, poll_deadline = NULL"
    }))
  }, woken AS (
      SELECT pg_notify(${workChannel}, ${jobsPayload}) FROM moved LIMIT 1
    ), ${auditJob(sql, "job.retry", by)}
    SELECT moved.from_status, moved.status FROM moved, told, woken, audited`
