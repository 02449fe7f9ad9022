/** Gives a stopping worker's jobs back. The new fence shuts out whatever of it is still running, so that calls under way count as lost. */
import type { SqlClient } from "effect/sql"
import { workChannel } from "../connection/channels.ts"

export const releaseJobs = (sql: SqlClient.SqlClient, worker: string) =>
  sql`
    WITH released AS (
      UPDATE upload_jobs SET fence = fence + 1, lease_owner = NULL, lease_until = NULL, run_at = now(), updated_at = now()
      WHERE lease_owner = ${worker}
      RETURNING job_id, status, fence, progress
    ), logged AS (
      INSERT INTO job_events (job_id, type, from_status, to_status, message, actor, fence, progress)
      SELECT job_id, 'parked', status, status, 'The worker stopped.', 'worker:' || ${worker}::text, fence, progress
      FROM released
    ), written_off AS (
      UPDATE embedding_ledger l SET state = 'lost', settled_at = now()
      FROM released WHERE l.job_id = released.job_id AND l.state = 'announced'
    ), told AS (
      SELECT pg_notify(${workChannel}, '') FROM released LIMIT 1
    )
    SELECT released.job_id FROM released, told`
