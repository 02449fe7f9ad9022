/** The receipt as one query: what the tables hold for a job, compared with its plan. */
import { Schema } from "effect"
import { Receipt, type ReceiptCheck } from "../../../src/domain/Receipt.ts"
import { dimensions } from "../../../src/domain/Vector.ts"
import { rowsOf } from "../connection/rows.ts"

/** When a check fails, as a condition on `facts`. The type holds one for each check, so that none is listed and not computed. */
const failures: Readonly<Record<ReceiptCheck, string>> = {
  chunks_match_plan: "chunks_stored IS DISTINCT FROM chunks_expected OR chunks_stored = 0",
  ordinals_without_gap: "first_ordinal <> 0 OR last_ordinal <> chunks_stored - 1",
  chunk_hashes_match: "NOT hashes_equal",
  vectors_match_chunks: "vectors_stored <> chunks_stored",
  model_matches: "vectors_stored <> vectors_found",
  dimensions_match: `least_dimensions <> ${dimensions} OR most_dimensions <> ${dimensions}`,
  norms_positive: "NOT (norms_guaranteed OR least_norm > 0)",
  losses_allowed: "coverage_policy = 'fail' AND warnings <> '[]'"
}

/**
 * What the table itself guarantees for each of its rows: the column's dimensions (-1 if it has none), and a valid constraint
 * on the norm. A vector is read only for what is not guaranteed: reading all of them took most of a receipt's time.
 */
const guarantees = `
  SELECT (SELECT atttypmod FROM pg_attribute
      WHERE attrelid = 'document_vector_buffer'::regclass AND attname = 'vector') AS dimensions,
    EXISTS (SELECT FROM pg_constraint
      WHERE conrelid = 'document_vector_buffer'::regclass AND contype = 'c' AND convalidated
        AND pg_get_constraintdef(oid) ~ '^CHECK \\(\\(([a-z_]+\\.)?vector_norm\\(vector\\) > \\(0\\)::double precision\\)\\)$') AS norms`

const failedChecks = Object.entries(failures).map(([check, fails]) => `CASE WHEN ${fails} THEN '${check}' END`)

/** One row for each job of `from`, a query or CTE whose rows are of `upload_jobs`. Of a chunk's vectors the job's own counts. */
export const receiptQuery = (from: string): string => `
  SELECT job_id,
    jsonb_build_object(
      'chunks_expected', chunks_expected, 'chunks_stored', chunks_stored, 'vectors_stored', vectors_stored,
      'embed_model', coalesce(found_model, ''), 'embed_version', coalesce(found_version, ''),
      'dimensions', coalesce(least_dimensions, 0), 'content_sha256', content_sha256,
      'parsed_sha256', coalesce(parsed_sha256, ''), 'tokens_paid', tokens_paid, 'vectors_reused', vectors_reused,
      'warnings', warnings, 'replaced', replaced,
      'failed_checks', to_jsonb(array_remove(ARRAY[${failedChecks.join(", ")}], NULL))
    ) AS receipt
  FROM (
    SELECT j.job_id, j.warnings, j.replaced, j.coverage_policy, j.parsed_sha256, j.tokens_paid, j.vectors_reused,
      (j.progress->>'chunks_total')::int AS chunks_expected,
      count(c.chunk_id)::int AS chunks_stored,
      count(*) FILTER (WHERE v.is_of_job)::int AS vectors_stored,
      count(v.embed_model)::int AS vectors_found,
      min(v.embed_model) AS found_model, min(v.embed_version) AS found_version,
      min(v.dimensions) AS least_dimensions, max(v.dimensions) AS most_dimensions, min(v.norm) AS least_norm,
      bool_and(g.norms) AS norms_guaranteed,
      coalesce(min(c.chunk_ord), 0) AS first_ordinal,
      coalesce(max(c.chunk_ord), -1) AS last_ordinal,
      coalesce(bool_and(encode(sha256(convert_to(c.text, 'UTF8')), 'hex') = c.chunk_sha AND (c.embed_sha IS NULL OR
        encode(sha256(convert_to(c.embed_context || c.text, 'UTF8')), 'hex') = c.embed_sha)), true) AS hashes_equal,
      encode(sha256(convert_to(coalesce(string_agg(c.chunk_sha, '' ORDER BY c.chunk_ord), ''), 'UTF8')), 'hex')
        AS content_sha256
    -- OFFSET 0: read from the report once for a job, not once for a chunk.
    FROM (SELECT h.*, coalesce(h.parse_report->'warnings', '[]') AS warnings,
      coalesce(h.parse_report->'replaced', '[]') AS replaced,
      h.parse_report->>'policy' AS coverage_policy FROM (${from}) h OFFSET 0) j
    CROSS JOIN (${guarantees}) g
    LEFT JOIN document_chunk_buffer c ON c.document_id = j.document_id AND c.user_id = j.user_id
      AND c.chunker_name = split_part(j.chunks_version, '@', 1)
      AND c.chunker_version = split_part(j.chunks_version, '@', 2)
    LEFT JOIN LATERAL (
      SELECT v.embed_model, v.embed_version,
        CASE WHEN g.dimensions > 0 THEN g.dimensions ELSE vector_dims(v.vector) END AS dimensions,
        CASE WHEN NOT g.norms THEN vector_norm(v.vector) END AS norm,
        v.embed_model = j.embed_model AND v.embed_version = j.embed_version AS is_of_job
      FROM document_vector_buffer v WHERE v.chunk_id = c.chunk_id AND v.user_id = c.user_id
      ORDER BY is_of_job DESC LIMIT 1
    ) v ON true
    GROUP BY j.job_id, j.parsed_sha256, j.tokens_paid, j.vectors_reused, j.progress, j.warnings, j.replaced, j.coverage_policy
  ) facts`

export const readReceipts = rowsOf(Schema.Struct({ job_id: Schema.String, receipt: Receipt }))
