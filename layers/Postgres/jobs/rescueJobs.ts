/** Gives jobs back whose worker fell silent. */
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { errorCodes } from "../../../src/domain/ErrorCode.ts"
import { activeStatuses, failureOf } from "../../../src/domain/JobStatus.ts"
import { workChannel } from "../connection/channels.ts"
import { toldOf } from "../connection/tell.ts"

/** The new fence shuts the silent worker out, should it wake; calls it had announced count as lost. A document that did this `crashLimit` times ends as failed. */
export const rescueJobs = Effect.fnUntraced(function*(sql: SqlClient.SqlClient, crashLimit: number, leaseMs: number) {
  const failures = JSON.stringify(Object.fromEntries(activeStatuses.map((status) => [status, failureOf(status)])))
  const rows = yield* sql<{ readonly dead: boolean }>`
    WITH lost AS (
      SELECT job_id, status, crash_count + 1 >= ${crashLimit}::int AS dead FROM upload_jobs
      WHERE lease_until < now()
      LIMIT 200
      FOR UPDATE SKIP LOCKED
    ), freed AS (
      UPDATE upload_jobs j SET
        fence = j.fence + 1,
        lease_owner = NULL,
        lease_until = NULL,
        run_at = CASE WHEN lost.dead THEN NULL ELSE now() END,
        crash_count = j.crash_count + 1,
        status = CASE WHEN lost.dead THEN ${failures}::jsonb->>lost.status ELSE j.status END,
        resume_status = CASE WHEN lost.dead THEN lost.status END,
        last_error = CASE WHEN lost.dead THEN ${deadLetter}::jsonb || jsonb_build_object('at_status', lost.status)
          ELSE j.last_error END,
        processing_completed_at = CASE WHEN lost.dead THEN now() END,
        updated_at = now()
      FROM lost WHERE j.job_id = lost.job_id
      RETURNING j.job_id, j.status, j.fence, j.progress, lost.status AS from_status, lost.dead
    ), logged AS (
      INSERT INTO job_events (job_id, type, from_status, to_status, code, message, actor, fence, progress)
      SELECT job_id, CASE WHEN dead THEN 'moved' ELSE 'crashed' END, from_status, status,
        CASE WHEN dead THEN 'WORKER_CRASHED' END, 'The worker that held the job fell silent.', 'rescue', fence, progress
      FROM freed
    ), written_off AS (
      UPDATE embedding_ledger l SET state = 'lost', settled_at = now()
      FROM freed WHERE l.job_id = freed.job_id AND l.state = 'announced'
    ), forsaken AS (
      -- Calls that nobody holds a job for: it has ended, or there never was one. A maker who lives can still settle them.
      UPDATE embedding_ledger l SET state = 'lost', settled_at = now()
      WHERE l.state = 'announced' AND l.created_at < now() - ${leaseMs}::float8 * interval '1 millisecond'
        AND NOT EXISTS (
          SELECT FROM upload_jobs j WHERE j.job_id = l.job_id AND j.fence = l.fence AND j.lease_until IS NOT NULL
        )
    ), forgotten AS (
      DELETE FROM workers WHERE heartbeat_at < now() - ${forgottenAfter}::interval
    ), woken AS (
      SELECT pg_notify(${workChannel}, '') FROM freed LIMIT 1
    ), ${sql.literal(toldOf("freed"))}
    SELECT freed.dead FROM freed, told, woken`
  const dead = rows.filter((row) => row.dead).length
  return { released: rows.length - dead, dead }
})

/** Since its last heartbeat: until then a worker that fell silent can be seen among the others. */
const forgottenAfter = "1 day"

const deadLetter = JSON.stringify({
  code: "WORKER_CRASHED",
  class: errorCodes.WORKER_CRASHED.class,
  message: "Three workers in a row died while they held this document.",
  help: errorCodes.WORKER_CRASHED.help,
  kept: "Everything stored before the crashes."
})
