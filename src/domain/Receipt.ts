/** The proof behind `complete`: counts and hashes that SQL computed from the tables, never taken from a worker. */
import { Schema } from "effect"

export const ReceiptCheck = Schema.Literals([
  "chunks_match_plan",
  "ordinals_without_gap",
  "vectors_match_chunks",
  "model_matches",
  "dimensions_match",
  "norms_positive",
  "chunk_hashes_match"
])
export type ReceiptCheck = typeof ReceiptCheck.Type

export const Receipt = Schema.Struct({
  chunks_expected: Schema.Int,
  chunks_stored: Schema.Int,
  vectors_stored: Schema.Int,
  embed_model: Schema.String,
  embed_version: Schema.String,
  dimensions: Schema.Int,
  /** sha256 over the chunks' hashes in order: equal content gives an equal receipt. */
  content_sha256: Schema.String,
  parsed_sha256: Schema.String,
  tokens_paid: Schema.Int,
  vectors_reused: Schema.Int,
  /** The checks that failed; empty on a valid receipt. */
  failed_checks: Schema.Array(ReceiptCheck)
})
export type Receipt = typeof Receipt.Type
