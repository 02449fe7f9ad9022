/** Why a document can not be parsed: thrown inside the parsing thread, sent over as a value, made a typed error by the layer. */
import type { ErrorCode } from "../../../src/domain/ErrorCode.ts"

export class ParseFailure extends Error {
  readonly code: ErrorCode
  constructor(code: ErrorCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}
