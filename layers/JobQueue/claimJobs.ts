/** Takes due jobs for a worker. */
import type { SqlClient } from "effect/sql"
import { claimColumns } from "../Database/jobRow.ts"

/**
 * `SKIP LOCKED` keeps two workers from waiting for each other; the new fence makes every write of the holder before void.
 * A hint that came earlier is used up by this claim: whoever holds the job asks the provider anyway.
 */
export const claimJobs = (sql: SqlClient.SqlClient, worker: string, limit: number, leaseMs: number) =>
  sql`
    WITH due AS (
      SELECT job_id FROM upload_jobs
      WHERE run_at <= now()
      ORDER BY priority DESC, run_at
      LIMIT ${limit}
      FOR UPDATE SKIP LOCKED
    )
    UPDATE upload_jobs j SET
      fence = j.fence + 1,
      lease_owner = ${worker},
      lease_until = now() + ${leaseMs}::float8 * interval '1 millisecond',
      run_at = NULL,
      hinted_at = NULL,
      processing_started_at = coalesce(j.processing_started_at, now()),
      updated_at = now()
    FROM due, documents d
    WHERE j.job_id = due.job_id AND d.document_id = j.document_id
    RETURNING ${sql.literal(claimColumns)}`
