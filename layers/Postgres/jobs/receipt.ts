/** The receipt as one query: what the tables hold for a job, against what its plan says. */
import { Effect, Schema } from "effect"
import { Receipt } from "../../../src/domain/Receipt.ts"
import type { ServiceError } from "../../../src/domain/ServiceError.ts"
import { rowError } from "../connection/rowError.ts"

/**
 * One row for each job of `from`, a query or CTE whose rows are of `upload_jobs`. A zero norm cannot be stored at all (the
 * table's check constraint), nor can other dimensions than the column's type has.
 */
export const receiptQuery = (from: string): string => `
  SELECT job_id,
    jsonb_build_object(
      'chunks_expected', chunks_expected, 'chunks_stored', chunks_stored, 'vectors_stored', vectors_stored,
      'embed_model', embed_model, 'embed_version', embed_version, 'dimensions', coalesce(dimensions, 0),
      'content_sha256', content_sha256, 'parsed_sha256', coalesce(parsed_sha256, ''), 'tokens_paid', tokens_paid,
      'vectors_reused', vectors_reused,
      'failed_checks', to_jsonb(array_remove(ARRAY[
        CASE WHEN chunks_stored <> chunks_expected OR chunks_stored = 0 THEN 'chunks_match_plan' END,
        CASE WHEN first_ordinal <> 0 OR last_ordinal <> chunks_stored - 1 THEN 'ordinals_without_gap' END,
        CASE WHEN vectors_stored <> chunks_stored THEN 'vectors_match_chunks' END,
        CASE WHEN NOT hashes_equal THEN 'chunk_hashes_match' END
      ], NULL))
    ) AS receipt
  FROM (
    SELECT j.job_id, j.embed_model, j.embed_version, j.parsed_sha256, j.tokens_paid, j.vectors_reused,
      (j.progress->>'chunks_total')::int AS chunks_expected,
      count(c.chunk_id)::int AS chunks_stored,
      count(v.chunk_id)::int AS vectors_stored,
      max(CASE WHEN v.chunk_id IS NULL THEN NULL ELSE 1536 END) AS dimensions,
      coalesce(min(c.chunk_ord), 0) AS first_ordinal,
      coalesce(max(c.chunk_ord), -1) AS last_ordinal,
      coalesce(bool_and(encode(sha256(convert_to(c.text, 'UTF8')), 'hex') = c.chunk_sha), true) AS hashes_equal,
      encode(sha256(convert_to(coalesce(string_agg(c.chunk_sha, '' ORDER BY c.chunk_ord), ''), 'UTF8')), 'hex')
        AS content_sha256
    FROM (${from}) j
    LEFT JOIN document_chunk_buffer c ON c.document_id = j.document_id AND c.user_id = j.user_id
      AND c.chunker_name = split_part(j.chunks_version, '@', 1)
      AND c.chunker_version = split_part(j.chunks_version, '@', 2)
    LEFT JOIN document_vector_buffer v ON v.chunk_id = c.chunk_id AND v.user_id = c.user_id
      AND v.embed_model = j.embed_model AND v.embed_version = j.embed_version
    GROUP BY j.job_id, j.embed_model, j.embed_version, j.parsed_sha256, j.tokens_paid, j.vectors_reused, j.progress
  ) facts`

export interface ReceiptRow {
  readonly job_id: string
  readonly receipt: Receipt
}

const read = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ job_id: Schema.String, receipt: Receipt })))

export const decodeReceipts = (rows: unknown): Effect.Effect<ReadonlyArray<ReceiptRow>, ServiceError> =>
  Effect.mapError(read(rows), rowError)
