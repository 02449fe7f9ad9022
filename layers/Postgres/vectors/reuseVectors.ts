/** Copies vectors that the user already has for the same text and model, instead of buying them. */
import type { SqlClient } from "effect/sql"
import type { Chunk } from "../../../src/domain/Chunk.ts"
import type { ClaimedJob } from "../../../src/domain/Job.ts"
import type { Reuse } from "../../../src/domain/Vector.ts"

/** Of the next `limit` chunks of a job's document after an ordinal. */
export interface Part {
  readonly job: ClaimedJob
  readonly after: number
  readonly limit: number
}

interface ReuseRow {
  readonly job_id: string
  readonly chunks: number
  readonly reused: number
  readonly missing_bytes: number
}

/**
 * For many jobs at once. Each distinct text is looked up and bought once, so a document of identical lines costs one
 * look-up. Its chunks are collected in an array: with a join, a planner without statistics would compare all with all.
 * `OFFSET 0` keeps the planner from starting with the vectors, and, without statistics, from looking up each text of a large
 * document among all chunks of its user.
 */
export const reuseVectors = (sql: SqlClient.SqlClient, parts: ReadonlyArray<Part>) =>
  sql<ReuseRow>`
    WITH held AS (
      SELECT j.*, w.after, w.through FROM upload_jobs j
      JOIN unnest(${parts.map(({ job }) => job.jobId)}::uuid[], ${parts.map(({ job }) => job.fence)}::bigint[],
        ${parts.map(({ after }) => after)}::int[], ${parts.map(({ after, limit }) => after + limit)}::int[])
        AS w(job_id, fence, after, through) USING (job_id, fence)
      ORDER BY j.job_id
      FOR UPDATE OF j
    ), pieces AS MATERIALIZED (
      SELECT h.job_id, h.document_id, h.user_id, h.embed_model, h.embed_version, c.chunk_id, coalesce(c.embed_sha, c.chunk_sha) AS embed_sha,
        octet_length(c.embed_context) + octet_length(c.text) AS bytes, v.chunk_id IS NOT NULL AS embedded
      FROM held h
      JOIN document_chunk_buffer c ON c.document_id = h.document_id AND c.user_id = h.user_id
        AND c.chunker_name = split_part(h.chunks_version, '@', 1)
        AND c.chunker_version = split_part(h.chunks_version, '@', 2)
        AND c.chunk_ord > h.after AND c.chunk_ord <= h.through
      LEFT JOIN document_vector_buffer v ON v.chunk_id = c.chunk_id AND v.user_id = c.user_id
        AND v.embed_model = h.embed_model AND v.embed_version = h.embed_version
    ), texts AS (
      SELECT job_id, document_id, user_id, embed_model, embed_version, embed_sha, min(bytes) AS bytes,
        array_agg(chunk_id) AS chunk_ids
      FROM pieces WHERE NOT embedded
      GROUP BY job_id, document_id, user_id, embed_model, embed_version, embed_sha
    ), found AS MATERIALIZED (
      SELECT t.*, known.vector, known.vector_sha, known.batch_id
      FROM texts t LEFT JOIN LATERAL (
        SELECT v.vector, v.vector_sha, v.batch_id
        FROM (
          SELECT o.chunk_id, o.user_id FROM document_chunk_buffer o
          WHERE coalesce(o.embed_sha, o.chunk_sha) = t.embed_sha
          OFFSET 0
        ) o JOIN LATERAL (
          SELECT v.vector, v.vector_sha, v.batch_id FROM document_vector_buffer v
          WHERE v.chunk_id = o.chunk_id AND v.user_id = t.user_id AND v.embed_model = t.embed_model
            AND v.embed_version = t.embed_version
          OFFSET 0
        ) v ON o.user_id = t.user_id
        LIMIT 1
      ) known ON true
    ), copied AS (
      INSERT INTO document_vector_buffer
        (chunk_id, document_id, user_id, embed_model, embed_version, vector, vector_sha, batch_id)
      SELECT unnest(f.chunk_ids), f.document_id, f.user_id, f.embed_model, f.embed_version, f.vector, f.vector_sha, f.batch_id
      FROM found f WHERE f.vector_sha IS NOT NULL
      ON CONFLICT DO NOTHING
    ), counted AS (
      SELECT all_pieces.*, coalesce(new.reused, 0)::int AS reused, coalesce(new.missing_bytes, 0)::float8 AS missing_bytes
      FROM (
        SELECT job_id, count(*)::int AS chunks FROM pieces GROUP BY job_id
      ) all_pieces
      LEFT JOIN (
        SELECT job_id, sum(cardinality(chunk_ids)) FILTER (WHERE vector_sha IS NOT NULL) AS reused,
          sum(bytes) FILTER (WHERE vector_sha IS NULL) AS missing_bytes
        FROM found GROUP BY job_id
      ) new USING (job_id)
    ), ledger AS (
      INSERT INTO embedding_ledger (call_id, job_id, user_id, document_id, embed_model, embed_version, state, chunks,
        tokens, cost_usd, fence, settled_at)
      SELECT gen_random_uuid(), h.job_id, h.user_id, h.document_id, h.embed_model, h.embed_version, 'reused', c.reused,
        0, 0, h.fence, now()
      FROM counted c JOIN held h USING (job_id) WHERE c.reused > 0
    ), noted AS (
      UPDATE upload_jobs j SET vectors_reused = j.vectors_reused + c.reused, updated_at = now(),
        progress = j.progress || jsonb_build_object('embeds_done', (j.progress->>'embeds_done')::int + c.reused)
      FROM counted c JOIN held h USING (job_id)
      WHERE j.job_id = c.job_id AND j.fence = h.fence AND c.reused > 0
    )
    SELECT job_id, chunks, reused, missing_bytes FROM counted`

/** By job; of a job whose claim is stale, nothing. */
export const reuseOf = (rows: ReadonlyArray<ReuseRow>): (job: ClaimedJob) => Reuse => {
  const found = new Map(rows.map((row) => [row.job_id, row]))
  return ({ jobId }) => {
    const row = found.get(jobId)
    return { chunks: row?.chunks ?? 0, reused: row?.reused ?? 0, missingBytes: row?.missing_bytes ?? 0 }
  }
}

/** For chunks whose texts the user did not have. A text that occurs twice is bought once. */
export const nothingReused = (chunks: ReadonlyArray<Chunk>): Reuse => {
  let missingBytes = 0
  const seen = new Set<string>()
  for (const { context = "", embedSha, sha, text } of chunks) {
    if (seen.has(embedSha ?? sha)) continue
    seen.add(embedSha ?? sha)
    missingBytes += Buffer.byteLength(context) + Buffer.byteLength(text)
  }
  return { chunks: chunks.length, reused: 0, missingBytes }
}
