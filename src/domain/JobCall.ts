/** What a job asked of the embedding provider, as the ledger has it, and which callbacks of the parser were accepted for it. */
import { Schema } from "effect"
import { nullFirst } from "./nullFirst.ts"
import { snakeKeys } from "./snakeKeys.ts"

/** `reused`: no call was needed; `lost`: it may have been billed, but its vectors never arrived. */
const CallState = Schema.Literals(["announced", "paid", "withdrawn", "reused", "lost"])

export const JobCall = snakeKeys({
  at: Schema.DateTimeUtcFromDate,
  /** Null while it is under way. */
  settledAt: nullFirst(Schema.DateTimeUtcFromDate),
  model: Schema.String,
  state: CallState,
  chunks: Schema.Int,
  /** This job's share of the call. */
  tokens: Schema.Int,
  costUsd: Schema.Finite,
  /** The provider's own id of the call. */
  requestId: Schema.NullOr(Schema.String)
})

/** Signed, and the first of its kind: all others are refused and not kept. */
export const JobCallback = snakeKeys({
  receivedAt: Schema.DateTimeUtcFromDate,
  event: Schema.String
})

/** Oldest first. */
export const JobCalls = Schema.Struct({ calls: Schema.Array(JobCall), callbacks: Schema.Array(JobCallback) })
export type JobCalls = typeof JobCalls.Type
