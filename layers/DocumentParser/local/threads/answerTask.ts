/** Runs one document's parse and reports every outcome as a message. */
import { parseDocument } from "../parseDocument.ts"
import { ParseFailure } from "../ParseFailure.ts"
import type { ParseReply, ParseTask } from "./ParseThread.ts"

export const answerTask = async (task: ParseTask, onScans: (pages: number) => void): Promise<ParseReply> => {
  try {
    return { _tag: "Parsed", ...await parseDocument(task, onScans) }
  } catch (cause) {
    if (cause instanceof ParseFailure) return { _tag: "Refused", code: cause.code, message: cause.message, cause }
    // Stack overflow, or a string over the maximum length: the document is nested too deeply or too large.
    return cause instanceof RangeError
      ? {
        _tag: "Refused",
        code: "PARSE_TOO_COMPLEX",
        message: "The document is nested too deeply or too large to parse.",
        cause
      }
      : {
        _tag: "Refused",
        code: "PARSE_CORRUPT",
        message: "The document cannot be read: its content is not valid for its format.",
        cause
      }
  }
}
