/** Releases jobs whose worker has gone silent. */
import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { logTransition } from "../../../otel/logs/logTransition.ts"
import { jobFields, withLogFields } from "../../../otel/names/logFields.ts"
import { CorrelationId, DocumentId, JobId, UserId } from "../../../src/domain/Ids.ts"
import { JobStatus } from "../../../src/domain/JobStatus.ts"
import { snakeKeys } from "../../../src/domain/snakeKeys.ts"
import { jobsPayload, workChannel } from "../connection/channels.ts"
import { rowsOf } from "../connection/rows.ts"
import { endingsBy } from "./endings.ts"
import { transition } from "./transition.ts"

/**
 * The new fence invalidates the silent worker's writes, should it wake; its announced calls count as lost. A document to
 * which this happens `crashLimit` times fails.
 */
export const rescueJobs = Effect.fnUntraced(function*(sql: SqlClient.SqlClient, crashLimit: number, leaseMs: number) {
  const endings = endingsBy("WORKER_CRASHED", `${crashLimit} workers in a row died while they held this document.`)
  const rows = yield* readRescued(sql`
    WITH lost AS (
      SELECT job_id, fence, status AS from_status,
        CASE WHEN crash_count + 1 >= ${crashLimit}::int THEN ${endings}::jsonb->status END AS ending
      FROM upload_jobs
      WHERE lease_until < now()
      LIMIT 200
      FOR UPDATE SKIP LOCKED
    ), held AS (
      SELECT job_id, fence, from_status, ending, ARRAY[coalesce(ending->>'failed', from_status)] AS path,
        CASE WHEN ending IS NULL THEN 'crashed' ELSE 'moved' END AS type, ending->'error'->>'code' AS code,
        'The worker that held the job fell silent.' AS message, 'rescue' AS actor
      FROM lost
    ), ${
    sql.literal(transition({
      held: "held",
      runAt: "now()",
      newFence: true,
      set: `crash_count = j.crash_count + 1, resume_status = h.ending->>'resume',
        last_error = coalesce(h.ending->'error', j.last_error)`
    }))
  }, written_off AS (
      UPDATE embedding_ledger l SET state = 'lost', settled_at = now()
      FROM moved WHERE l.job_id = moved.job_id AND l.state = 'announced'
    ), forsaken AS (
      -- Calls of jobs that no worker holds: the job has ended, or there never was one. A caller that is still alive can
      -- still close them.
      UPDATE embedding_ledger l SET state = 'lost', settled_at = now()
      WHERE l.state = 'announced' AND l.created_at < now() - ${leaseMs}::float8 * interval '1 millisecond'
        AND NOT EXISTS (
          SELECT FROM upload_jobs j WHERE j.job_id = l.job_id AND j.fence = l.fence AND j.lease_until IS NOT NULL
        )
    ), woken AS (
      SELECT pg_notify(${workChannel}, ${jobsPayload}) FROM moved LIMIT 1
    )
    SELECT moved.job_id, moved.document_id, moved.user_id, moved.correlation_id, moved.from_status, moved.status,
      moved.type = 'moved' AS dead
    FROM moved, told, woken`)
  yield* Effect.forEach(rows, say, { discard: true })
  const dead = rows.filter((row) => row.dead).length
  return { released: rows.length - dead, dead }
})

const readRescued = rowsOf(snakeKeys({
  jobId: JobId,
  documentId: DocumentId,
  userId: UserId,
  correlationId: CorrelationId,
  fromStatus: JobStatus,
  status: JobStatus,
  dead: Schema.Boolean
}))

const say = ({ dead, fromStatus, status, ...job }: Rescued) =>
  dead
    ? logTransition(job, { from: fromStatus, to: status, code: "WORKER_CRASHED" })
    : Effect.logWarning("The job's worker fell silent; another one may claim it.").pipe(
      withLogFields(jobFields(job))
    )
type Rescued = Effect.Success<ReturnType<typeof readRescued>>[number]
