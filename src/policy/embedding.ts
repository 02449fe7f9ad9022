/** What the embedding provider's errors say about the money and about who is at fault. */
import type { ErrorCode } from "../domain/ErrorCode.ts"

/** The provider had answered, or may have: what it worked out is paid for and lost. */
export const answeredCodes: ReadonlySet<ErrorCode> = new Set([
  "EMBED_DIM_MISMATCH",
  "EMBED_INVALID_RESPONSE",
  "EMBED_TIMEOUT"
])

/** One of the texts is at fault. */
export const inputCodes: ReadonlySet<ErrorCode> = new Set(["EMBED_INPUT_TOO_LONG", "EMBED_REJECTED"])
