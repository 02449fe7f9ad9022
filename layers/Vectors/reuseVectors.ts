/** Vectors that the same user already has for the same text and model are copied, not bought. */
import type { SqlClient } from "effect/sql"
import type { ClaimedJob } from "../../src/domain/Job.ts"

interface ReuseRow {
  readonly job_id: string
  readonly chunks: number
  readonly reused: number
  readonly missing_bytes: number
}

/**
 * For many jobs at once. Each distinct text is looked up once, so that a document of equal lines costs one look-up. The
 * ledger gets a row for what was reused.
 */
export const reuseVectors = (sql: SqlClient.SqlClient, jobs: ReadonlyArray<ClaimedJob>) =>
  sql<ReuseRow>`
    WITH held AS (
      SELECT j.* FROM upload_jobs j
      JOIN unnest(${jobs.map((job) => job.job_id)}::uuid[], ${jobs.map((job) => job.fence)}::bigint[])
        AS w(job_id, fence) USING (job_id, fence)
      FOR UPDATE OF j
    ), pieces AS (
      SELECT h.job_id, h.document_id, h.user_id, h.embed_model, h.embed_version, c.chunk_id, c.chunk_sha,
        octet_length(c.text) AS bytes, v.chunk_id IS NOT NULL AS embedded
      FROM held h
      JOIN document_chunk_buffer c ON c.document_id = h.document_id
        AND c.chunker_name = split_part(h.chunks_version, '@', 1)
        AND c.chunker_version = split_part(h.chunks_version, '@', 2)
      LEFT JOIN document_vector_buffer v ON v.chunk_id = c.chunk_id
        AND v.embed_model = h.embed_model AND v.embed_version = h.embed_version
    ), wanted AS (
      SELECT DISTINCT user_id, chunk_sha, embed_model, embed_version FROM pieces WHERE NOT embedded
    ), found AS (
      SELECT DISTINCT ON (w.user_id, w.chunk_sha, w.embed_model, w.embed_version)
        w.*, v.vector, v.vector_sha, v.batch_id
      FROM wanted w
      JOIN document_chunk_buffer o ON o.chunk_sha = w.chunk_sha AND o.user_id = w.user_id
      JOIN document_vector_buffer v ON v.chunk_id = o.chunk_id
        AND v.embed_model = w.embed_model AND v.embed_version = w.embed_version
    ), copied AS (
      INSERT INTO document_vector_buffer
        (chunk_id, document_id, embed_model, embed_version, vector, vector_sha, batch_id)
      SELECT p.chunk_id, p.document_id, p.embed_model, p.embed_version, f.vector, f.vector_sha, f.batch_id
      FROM pieces p JOIN found f USING (user_id, chunk_sha, embed_model, embed_version)
      WHERE NOT p.embedded
      ON CONFLICT DO NOTHING
      RETURNING chunk_id
    ), counted AS (
      SELECT p.job_id, count(*)::int AS chunks, count(copied.chunk_id)::int AS reused,
        count(*) FILTER (WHERE p.embedded OR copied.chunk_id IS NOT NULL)::int AS done,
        coalesce(sum(p.bytes) FILTER (WHERE NOT p.embedded AND copied.chunk_id IS NULL), 0)::float8 AS missing_bytes
      FROM pieces p LEFT JOIN copied USING (chunk_id)
      GROUP BY p.job_id
    ), ledger AS (
      INSERT INTO embedding_ledger (call_id, job_id, user_id, document_id, embed_model, embed_version, state, chunks,
        tokens, cost_usd, fence, settled_at)
      SELECT gen_random_uuid(), h.job_id, h.user_id, h.document_id, h.embed_model, h.embed_version, 'reused', c.reused,
        0, 0, h.fence, now()
      FROM counted c JOIN held h USING (job_id) WHERE c.reused > 0
    ), noted AS (
      UPDATE upload_jobs j SET vectors_reused = j.vectors_reused + c.reused, updated_at = now(),
        progress = j.progress || jsonb_build_object('embeds_done', c.done)
      FROM counted c WHERE j.job_id = c.job_id AND c.reused > 0
    )
    SELECT job_id, chunks, reused, missing_bytes FROM counted`
