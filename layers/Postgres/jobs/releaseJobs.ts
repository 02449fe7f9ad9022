/**
 * Releases a stopping worker's jobs. The new fence invalidates its remaining writes, so calls in progress count as lost.
 */
import type { SqlClient } from "effect/sql"
import { jobsPayload, workChannel } from "../connection/channels.ts"
import { transition } from "./transition.ts"

export const releaseJobs = (sql: SqlClient.SqlClient, worker: string) =>
  sql`
    WITH held AS (
      SELECT job_id, fence, status AS from_status, ARRAY[status] AS path, 'parked' AS type, NULL AS code,
        'The worker stopped.' AS message, 'worker:' || ${worker}::text AS actor
      FROM upload_jobs WHERE lease_owner = ${worker} AND lease_until IS NOT NULL
      FOR UPDATE
    ), ${sql.literal(transition({ held: "held", runAt: "now()", newFence: true }))}, written_off AS (
      UPDATE embedding_ledger l SET state = 'lost', settled_at = now()
      FROM moved WHERE l.job_id = moved.job_id AND l.state = 'announced'
    ), woken AS (
      SELECT pg_notify(${workChannel}, ${jobsPayload}) FROM moved LIMIT 1
    )
    SELECT moved.job_id FROM moved, told, woken`
