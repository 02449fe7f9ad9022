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

/** Of the job's document, by its chunker. */
const ofJob = `c.document_id = j.document_id AND c.user_id = j.user_id
  AND c.chunker_name = split_part(j.chunks_version, '@', 1) AND c.chunker_version = split_part(j.chunks_version, '@', 2)`

const found = `
  CASE WHEN g.dimensions > 0 THEN g.dimensions ELSE vector_dims(v.vector) END AS dimensions,
  CASE WHEN NOT g.norms THEN vector_norm(v.vector) END AS norm`

/** A job's chunks, each with its vector of the job's model. In the order of the ordinals, which the index gives. */
const pieces = `
  SELECT c.chunk_ord, c.chunk_sha, c.embed_sha, c.embed_context, c.text, v.chunk_id IS NOT NULL AS embedded, ${found}
  FROM document_chunk_buffer c LEFT JOIN document_vector_buffer v ON v.chunk_id = c.chunk_id AND v.user_id = c.user_id
    AND v.embed_model = j.embed_model AND v.embed_version = j.embed_version
  WHERE ${ofJob}
  ORDER BY c.chunk_ord`

/** The vectors of another model or version, of chunks that lack one of the job's own. Nothing is read if none lacks one. */
const others = `
  SELECT v.chunk_id, v.embed_model, v.embed_version, ${found}
  FROM document_chunk_buffer c JOIN document_vector_buffer v ON v.chunk_id = c.chunk_id AND v.user_id = c.user_id
  WHERE own.vectors_stored < own.chunks_stored AND ${ofJob}
    AND NOT EXISTS (
      SELECT FROM document_vector_buffer o WHERE o.chunk_id = c.chunk_id AND o.user_id = c.user_id
        AND o.embed_model = j.embed_model AND o.embed_version = j.embed_version
    )`

/**
 * One row for each job of `from`, a query or CTE whose rows are of `upload_jobs`. Each job is a query of its own: grouping the
 * chunks of many sorted them by the jobs' columns, and took twice the time.
 */
export const receiptQuery = (from: string): string => `
  WITH guaranteed AS MATERIALIZED (${guarantees})
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
    SELECT j.*, own.*, g.norms AS norms_guaranteed,
      CASE WHEN own.vectors_stored > 0 THEN j.embed_model ELSE other.model END AS found_model,
      CASE WHEN own.vectors_stored > 0 THEN j.embed_version ELSE other.version END AS found_version,
      own.vectors_stored + other.vectors AS vectors_found,
      least(own.least_own_dimensions, other.least_dimensions) AS least_dimensions,
      greatest(own.most_own_dimensions, other.most_dimensions) AS most_dimensions,
      least(own.least_own_norm, other.least_norm) AS least_norm
    FROM (SELECT h.job_id, h.document_id, h.user_id, h.chunks_version, h.embed_model, h.embed_version, h.parsed_sha256,
      h.tokens_paid, h.vectors_reused, (h.progress->>'chunks_total')::int AS chunks_expected,
      coalesce(h.parse_report->'warnings', '[]') AS warnings, coalesce(h.parse_report->'replaced', '[]') AS replaced,
      h.parse_report->>'policy' AS coverage_policy FROM (${from}) h OFFSET 0) j
    CROSS JOIN guaranteed g
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS chunks_stored, count(*) FILTER (WHERE embedded)::int AS vectors_stored,
        min(dimensions) FILTER (WHERE embedded) AS least_own_dimensions,
        max(dimensions) FILTER (WHERE embedded) AS most_own_dimensions, min(norm) AS least_own_norm,
        coalesce(min(chunk_ord), 0) AS first_ordinal, coalesce(max(chunk_ord), -1) AS last_ordinal,
        coalesce(bool_and(encode(sha256(convert_to(text, 'UTF8')), 'hex') = chunk_sha AND (embed_sha IS NULL OR
          encode(sha256(convert_to(embed_context || text, 'UTF8')), 'hex') = embed_sha)), true) AS hashes_equal,
        encode(sha256(convert_to(coalesce(string_agg(chunk_sha, ''), ''), 'UTF8')), 'hex') AS content_sha256
      FROM (${pieces}) p
    ) own
    CROSS JOIN LATERAL (
      SELECT count(DISTINCT chunk_id)::int AS vectors, min(embed_model) AS model, min(embed_version) AS version,
        min(dimensions) AS least_dimensions, max(dimensions) AS most_dimensions, min(norm) AS least_norm
      FROM (${others}) o
    ) other
  ) facts`

export const readReceipts = rowsOf(Schema.Struct({ job_id: Schema.String, receipt: Receipt }))
