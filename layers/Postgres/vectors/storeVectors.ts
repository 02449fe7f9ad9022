/** One statement stores a call's vectors, their cost and the progress of their jobs. */
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import type { Purchase } from "../../../services/Vectors.ts"
import type { JobId } from "../../../src/domain/Ids.ts"
import { vectorSha } from "../../../src/domain/Vector.ts"
import { toldOf } from "../connection/tell.ts"
import type { VectorParameters } from "../connection/VectorParameters.ts"
import { countSpending, monthOf } from "./spending.ts"

/** Returns the jobs whose claim was valid. Vectors bought for other jobs are not stored and count as lost in the ledger. */
export const storeVectors = Effect.fnUntraced(function*(
  sql: SqlClient.SqlClient,
  parameters: VectorParameters["Service"],
  { callId, model, shares }: Purchase,
  vectors: ReadonlyArray<Float32Array>,
  requestId: string
) {
  const items = shares.flatMap(({ chunks, job }) => chunks.map((chunk) => ({ chunk, job })))
  const rows = yield* sql<{ readonly job_id: JobId }>`
    WITH shares AS (
      SELECT * FROM jsonb_to_recordset(${
    JSON.stringify(shares.map(({ chunks, costUsd, job, tokens }) => ({
      job_id: job.jobId,
      fence: job.fence.toString(),
      chunks: chunks.length,
      tokens,
      cost_usd: costUsd
    })))
  }::jsonb) AS s(job_id uuid, fence bigint, chunks int, tokens bigint, cost_usd float8)
    ), held AS (
      SELECT j.job_id, j.document_id, j.user_id FROM upload_jobs j JOIN shares s USING (job_id, fence)
      WHERE j.job_id = ANY(ARRAY(SELECT job_id FROM shares)) -- or a planner without statistics reads all jobs
        AND j.status = 'embedding_in_progress'
      ORDER BY j.job_id -- the same order everywhere: two calls that share jobs cannot deadlock
      FOR UPDATE OF j
    ), open_calls AS (
      -- Locked, so that the same call stored twice, its first answer being lost, counts once.
      SELECT call_id, job_id, user_id, cost_usd, ${sql.literal(monthOf("created_at"))} AS month FROM embedding_ledger
      WHERE call_id = ${callId} AND (state = 'announced' OR (state = 'lost' AND request_id IS NULL))
      ORDER BY job_id
      FOR UPDATE
    ), stored AS (
      INSERT INTO document_vector_buffer
        (chunk_id, document_id, user_id, embed_model, embed_version, vector, vector_sha, batch_id)
      -- The rows are read once, each with a look at the jobs: the other way round, all vectors are copied once for each job.
      SELECT i.chunk_id, h.document_id, h.user_id, ${model.model}, ${model.version}, i.vector, i.sha, ${callId}
      FROM (
        SELECT unnest(${items.map(({ job }) => job.jobId)}::uuid[]) AS job_id,
          unnest(${items.map(({ chunk }) => chunk.chunkId)}::uuid[]) AS chunk_id,
          unnest(${parameters.many(vectors)}) AS vector, unnest(${vectors.map(vectorSha)}::text[]) AS sha
      ) i CROSS JOIN LATERAL (SELECT document_id, user_id FROM held WHERE held.job_id = i.job_id OFFSET 0) h
      ON CONFLICT DO NOTHING
      RETURNING 1
    ), noted AS (
      UPDATE upload_jobs j SET
        tokens_paid = j.tokens_paid + s.tokens,
        cost_usd = j.cost_usd + s.cost_usd,
        crash_count = 0,
        progress = j.progress ||
          jsonb_build_object('embeds_done', (j.progress->>'embeds_done')::int + s.chunks),
        updated_at = now()
      FROM shares s JOIN held USING (job_id) JOIN open_calls USING (job_id) WHERE j.job_id = held.job_id
    ), recorded AS (
      UPDATE embedding_ledger l SET tokens = s.tokens, cost_usd = s.cost_usd, request_id = ${requestId},
        state = CASE WHEN held.job_id IS NULL THEN 'lost' ELSE 'paid' END, settled_at = now()
      FROM shares s JOIN open_calls u USING (job_id) LEFT JOIN held USING (job_id)
      WHERE l.call_id = u.call_id AND l.job_id = u.job_id
    ), spent AS (
      -- After the vectors, because all transactions wait for the lock of the overall counter.
      ${
    sql.literal(countSpending(`
        SELECT u.user_id, u.month, s.cost_usd - u.cost_usd AS cost_usd FROM open_calls u JOIN shares s USING (job_id)
        WHERE (SELECT count(*) FROM stored) >= 0`))
  }
    ), ${sql.literal(toldOf("held"))}
    SELECT held.job_id FROM held, told`
  return new Set(rows.map((row) => row.job_id))
})
