/** The proof behind `complete`: counts and hashes that SQL computed from the tables, never taken from a worker. */
import { Schema, Struct } from "effect"
import { Replaced } from "./coverage/Coverage.ts"
import { snakeKeys } from "./snakeKeys.ts"

/** Every check of a receipt and what it proves. The queue computes each in SQL: `layers/Postgres/jobs/receipt.ts`. */
const receiptChecks = {
  chunks_match_plan: "As many chunks are stored as were planned, and at least one.",
  ordinals_without_gap: "The chunks are numbered from 0 without a gap.",
  chunk_hashes_match: "Each chunk's text, and the text that is embedded for it, has the hash that it was stored with.",
  vectors_match_chunks: "Each chunk has a vector of the job's model.",
  model_matches: "No chunk has vectors of another model or version only.",
  dimensions_match: "Each vector has the dimensions of the index.",
  norms_positive: "No vector is all zeros.",
  losses_allowed: "Nothing of the source is known to be missing in the text, or COVERAGE_POLICY was not fail."
} as const

export const ReceiptCheck = Schema.Literals(Struct.keys(receiptChecks))
export type ReceiptCheck = typeof ReceiptCheck.Type

export const Receipt = snakeKeys({
  chunksExpected: Schema.Int,
  chunksStored: Schema.Int,
  vectorsStored: Schema.Int,
  /** Model, version and dimensions of the vectors that were found; empty and 0 if there are none. */
  embedModel: Schema.String,
  embedVersion: Schema.String,
  dimensions: Schema.Int,
  /** sha256 over the chunks' hashes in order: equal content gives an equal receipt. */
  contentSha256: Schema.String,
  parsedSha256: Schema.String,
  tokensPaid: Schema.Int,
  vectorsReused: Schema.Int,
  /** What the text lacks of the source; empty if it lacks nothing, or the format has no inventory. */
  warnings: Schema.Array(Schema.String),
  /** Pages whose text is not the parser's (COVERAGE_POLICY=fallback), and whose it is. */
  replaced: Schema.Array(Replaced),
  /** The checks that failed; empty on a valid receipt. */
  failedChecks: Schema.Array(ReceiptCheck)
})
export type Receipt = typeof Receipt.Type
