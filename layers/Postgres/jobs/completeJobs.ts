/** The only way to `complete`: the receipt is computed and the job moved in one statement. */
import type { SqlClient } from "effect/sql"
import type { ClaimedJob } from "../../../src/domain/Job.ts"
import { toldOf } from "../connection/tell.ts"
import { receiptQuery } from "./receipt.ts"

/**
 * From `embedding_in_progress` by way of `embeddings_stored`, or from there. Answers a receipt for each job whose claim still holds; those without
 * a failed check have moved.
 */
export const completeJobs = (
  sql: SqlClient.SqlClient,
  requests: ReadonlyArray<{ readonly job: ClaimedJob; readonly actor: string }>
) =>
  sql`
    WITH wanted AS (
      SELECT * FROM jsonb_to_recordset(${wire(requests)}::jsonb) AS w(job_id uuid, fence bigint, actor text)
    ), held AS (
      SELECT j.* FROM upload_jobs j JOIN wanted w ON w.job_id = j.job_id AND w.fence = j.fence
      WHERE j.status IN ('embedding_in_progress', 'embeddings_stored') AND j.lease_owner IS NOT NULL
      ORDER BY j.job_id
      FOR UPDATE OF j
    ), receipts AS (
      ${sql.literal(receiptQuery("SELECT * FROM held"))}
    ), moved AS (
      UPDATE upload_jobs j SET
        status = 'complete', run_at = NULL, lease_owner = NULL, lease_until = NULL, last_error = NULL, retry_count = 0,
        crash_count = 0, resume_status = NULL, processing_completed_at = now(), updated_at = now(),
        progress = j.progress || jsonb_build_object('embeds_done', (r.receipt->>'vectors_stored')::int)
      FROM receipts r JOIN wanted w USING (job_id) JOIN held h USING (job_id)
      WHERE j.job_id = r.job_id AND r.receipt->'failed_checks' = '[]'
      RETURNING j.job_id, j.fence, j.progress, w.actor, h.status AS from_status
    ), logged AS (
      INSERT INTO job_events (job_id, type, from_status, to_status, actor, fence, progress)
      SELECT job_id, 'moved', hop.from_status, hop.to_status, actor, fence, progress
      FROM moved JOIN (VALUES
        (1, 'embedding_in_progress', 'embeddings_stored'), (2, 'embeddings_stored', 'complete')
      ) AS hop(n, from_status, to_status) ON hop.n = 2 OR hop.from_status = moved.from_status
      ORDER BY job_id, hop.n
    ), ${sql.literal(toldOf("moved"))}
    SELECT receipts.* FROM receipts, told`

const wire = (requests: ReadonlyArray<{ readonly job: ClaimedJob; readonly actor: string }>): string =>
  JSON.stringify(requests.map(({ actor, job }) => ({ job_id: job.job_id, fence: job.fence.toString(), actor })))
