/** While a release is rolled out, its workers claim a share of the jobs, and the others the rest: docs/deploying.md. */
import type { SqlClient } from "effect/sql"

/**
 * The share as this worker sees it; no row if every job is for it. A release whose command has died gets nothing new. If only
 * workers of one kind are alive, all jobs are for them.
 */
export const shareOf = (sql: SqlClient.SqlClient, worker: string, leaseMs: number) =>
  sql`
    SELECT r.percent, r.documents, r.is_new FROM (
      SELECT CASE WHEN lease_until > now() THEN claim_percent ELSE 0 END AS percent, claim_documents AS documents,
        releases.version, accessa_of_release(me.version, releases.version) AS is_new
      FROM releases JOIN workers me ON me.worker_id = ${worker}
      WHERE ended_at IS NULL AND claim_percent IS NOT NULL
      ORDER BY releases.started_at DESC LIMIT 1
    ) r WHERE EXISTS (
      SELECT FROM workers w
      WHERE w.state = 'running' AND w.heartbeat_at > now() - ${leaseMs}::float8 * interval '1 millisecond'
        AND accessa_of_release(w.version, r.version) <> r.is_new
    )`

/** Of a job of `upload_jobs`, beside a table `share`: whether it is for this worker. A job keeps its place as the share grows. */
export const isMine =
  `((SELECT percent FROM share) IS NULL OR (document_id = ANY ((SELECT documents FROM share)::uuid[])
  OR (get_byte(uuid_send(job_id), 14) * 256 + get_byte(uuid_send(job_id), 15)) % 100 < (SELECT percent FROM share))
  = (SELECT is_new FROM share))`
