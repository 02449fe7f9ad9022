/** The only way to `complete`: one statement computes the receipt and moves the job. */
import type { SqlClient } from "effect/sql"
import type { ClaimedJob } from "../../../src/domain/Job.ts"
import { receiptQuery } from "./receipt.ts"
import { transition } from "./transition.ts"

/**
 * From `embedding_in_progress` via `embeddings_stored`, or from there. Returns a receipt for each job whose claim is valid;
 * those without a failed check have moved.
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
      WHERE j.job_id = ANY(ARRAY(SELECT job_id FROM wanted)) -- or a planner without statistics reads all jobs
        AND j.status IN ('embedding_in_progress', 'embeddings_stored') AND j.lease_owner IS NOT NULL
      ORDER BY j.job_id
      FOR UPDATE OF j
    ), receipts AS (
      ${sql.literal(receiptQuery("SELECT * FROM held"))}
    ), proven AS (
      SELECT held.job_id, held.fence, held.status AS from_status, receipt, 'moved' AS type, NULL AS code, NULL AS message,
        w.actor, CASE held.status WHEN 'embeddings_stored' THEN ARRAY['complete']
          ELSE ARRAY['embeddings_stored', 'complete'] END AS path
      FROM receipts JOIN wanted w USING (job_id) JOIN held USING (job_id)
      WHERE receipt->'failed_checks' = '[]'
    ), ${
    sql.literal(transition({
      held: "proven",
      set: `last_error = NULL, retry_count = 0, crash_count = 0, resume_status = NULL,
        progress = j.progress || jsonb_build_object('embeds_done', (h.receipt->>'vectors_stored')::int)`
    }))
  }
    SELECT receipts.* FROM receipts, told`

const wire = (requests: ReadonlyArray<{ readonly job: ClaimedJob; readonly actor: string }>): string =>
  JSON.stringify(requests.map(({ actor, job }) => ({ job_id: job.jobId, fence: job.fence.toString(), actor })))
