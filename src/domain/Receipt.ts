/** The proof behind `complete`: counts and hashes that SQL computed from the tables, never taken from a worker. */
import { Schema, Struct } from "effect"

/** Every check of a receipt and what it proves. The queue computes each in SQL: `layers/Postgres/jobs/receipt.ts`. */
export const receiptChecks = {
  chunks_match_plan: "As many chunks are stored as were planned, and at least one.",
  ordinals_without_gap: "The chunks are numbered from 0 without a gap.",
  chunk_hashes_match: "Each chunk's text has the hash that it was stored with.",
  vectors_match_chunks: "Each chunk has a vector of the job's model.",
  model_matches: "No chunk has vectors of another model or version only.",
  dimensions_match: "Each vector has the dimensions of the index.",
  norms_positive: "No vector is all zeros."
} as const

export const ReceiptCheck = Schema.Literals(Struct.keys(receiptChecks))
export type ReceiptCheck = typeof ReceiptCheck.Type

export const Receipt = Schema.Struct({
  chunks_expected: Schema.Int,
  chunks_stored: Schema.Int,
  vectors_stored: Schema.Int,
  /** Model, version and dimensions of the vectors that were found; empty and 0 if there are none. */
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
