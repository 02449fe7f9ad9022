/**
 * Why a document cannot be parsed: thrown inside the parsing thread, sent as a value, and turned into a typed error by the
 * layer.
 */
import type { ErrorCode } from "../../../src/domain/ErrorCode.ts"
import { cutText } from "../../../src/domain/text.ts"

/** It may quote the document, such as the name of a part or the text a library failed on. */
const longestMessage = 400

export class ParseFailure extends Error {
  readonly code: ErrorCode
  constructor(code: ErrorCode, message: string, cause?: unknown) {
    super(cutText(message, longestMessage), { cause })
    this.code = code
  }
}
