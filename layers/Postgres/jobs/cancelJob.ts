/** Cancels an active job for its owner and records a running parse, so that it is also cancelled at the parser. */
import type { SqlClient } from "effect/sql"
import type { JobId, UserId } from "../../../src/domain/Ids.ts"
import { activeStatuses } from "../../../src/domain/JobStatus.ts"
import type { By } from "../../../src/domain/Principal.ts"
import { auditJob } from "./auditJob.ts"
import { endingsBy } from "./endings.ts"
import { transition } from "./transition.ts"

const endings = endingsBy("CANCELLED", "Cancelled by its owner.")

export const cancelJob = (sql: SqlClient.SqlClient, user: UserId, job: JobId, by: By) =>
  sql`
    WITH held AS (
      SELECT job_id, fence, status AS from_status, ARRAY[ending->>'failed'] AS path, 'moved' AS type,
        ending->'error'->>'code' AS code, 'Cancelled.' AS message, 'user' AS actor, ending
      FROM upload_jobs, LATERAL (SELECT ${endings}::jsonb->status AS ending) e
      WHERE job_id = ${job} AND user_id = ${user} AND ${sql.in("status", activeStatuses)}
      FOR UPDATE OF upload_jobs
    ), ${
    sql.literal(transition({
      held: "held",
      newFence: true,
      set: "resume_status = h.ending->>'resume', last_error = h.ending->'error'"
    }))
  }, abandoned AS (
      INSERT INTO parse_cancellations (provider_job_id, job_id, user_id)
      SELECT provider_job_id, job_id, user_id FROM moved
      WHERE from_status = 'parse_queued' AND provider_job_id IS NOT NULL
    ), ${auditJob(sql, "job.cancel", by)}
    SELECT moved.from_status, moved.status FROM moved, told, audited`
