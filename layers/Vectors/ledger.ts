/** The ledger's rows before and beside the vectors: one for each call and job. */
import type { SqlClient } from "effect/sql"
import type { Purchase } from "../../services/Vectors.ts"
import type { JobId } from "../../src/domain/Ids.ts"

/**
 * Written before the call: should its answer be lost with the worker, the money still shows. Answers the jobs whose claim
 * holds; nothing is announced for another.
 */
export const announceCall = (sql: SqlClient.SqlClient, { callId, model, shares }: Purchase) =>
  sql<{ readonly job_id: JobId }>`
    INSERT INTO embedding_ledger (call_id, job_id, user_id, document_id, embed_model, embed_version, state, chunks,
      tokens, cost_usd, fence)
    SELECT ${callId}, j.job_id, j.user_id, j.document_id, ${model.model}, ${model.version}, 'announced', s.chunks, s.tokens,
      s.cost_usd, s.fence
    FROM jsonb_to_recordset(${
    JSON.stringify(shares.map(({ chunks, costUsd, job, tokens }) => ({
      job_id: job.job_id,
      chunks: chunks.length,
      tokens,
      cost_usd: costUsd,
      fence: job.fence.toString()
    })))
  }::jsonb) AS s(job_id uuid, chunks int, tokens bigint, cost_usd float8, fence bigint)
    JOIN upload_jobs j USING (job_id, fence)
    WHERE j.status = 'embedding_in_progress'
    RETURNING job_id`

/** The provider refused: nothing was bought. */
export const withdrawCall = (sql: SqlClient.SqlClient, callId: string) =>
  sql`UPDATE embedding_ledger SET state = 'withdrawn', tokens = 0, cost_usd = 0, settled_at = now()
    WHERE call_id = ${callId} AND state = 'announced'`

/** What was announced is what it may have cost. */
export const loseCall = (sql: SqlClient.SqlClient, callId: string) =>
  sql`UPDATE embedding_ledger SET state = 'lost', settled_at = now() WHERE call_id = ${callId} AND state = 'announced'`
