/** What the embedding provider's errors say about cost and fault. */
import { ErrorCode, errorCodes } from "../domain/ErrorCode.ts"

/** The provider has, or may have, processed the call: it is paid for and lost. */
export const answeredCodes: ReadonlySet<ErrorCode> = new Set(
  ErrorCode.literals.filter((code) => errorCodes[code].billed)
)

/** One of the texts is at fault. */
export const inputCodes: ReadonlySet<ErrorCode> = new Set(
  ErrorCode.literals.filter((code) => {
    const { billed, class: kind, dependency } = errorCodes[code]
    return dependency === "embedder" && kind === "permanent" && !billed
  })
)
