/** Why a document cannot be parsed: thrown inside the parsing thread, sent over as a value, made a typed error by the layer. */
import type { ErrorCode } from "../../../src/domain/ErrorCode.ts"
import { cutText } from "../../../src/domain/text.ts"

/** It may quote the document: the name of a part, what a library stumbled over. */
const longestMessage = 400

export class ParseFailure extends Error {
  readonly code: ErrorCode
  constructor(code: ErrorCode, message: string, cause?: unknown) {
    super(cutText(message, longestMessage), { cause })
    this.code = code
  }
}
