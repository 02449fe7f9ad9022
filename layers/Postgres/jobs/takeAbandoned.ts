/** Parses whose result is no longer needed. */
import type { SqlClient } from "effect/sql"

/** `wanted`: the job was retried meanwhile and is waiting for this parse again. */
export const takeAbandoned = (sql: SqlClient.SqlClient) =>
  sql<{ readonly provider_job_id: string; readonly wanted: boolean }>`
    DELETE FROM parse_cancellations c
    WHERE c.cancellation_id IN (
      SELECT cancellation_id FROM parse_cancellations ORDER BY cancellation_id LIMIT 20 FOR UPDATE SKIP LOCKED
    )
    RETURNING c.provider_job_id, EXISTS (
      SELECT FROM upload_jobs j
      WHERE j.job_id = c.job_id AND j.provider_job_id = c.provider_job_id AND j.status = 'parse_queued'
    ) AS wanted`
