/** The parsing thread: takes one document at a time, answers with its Markdown or with why there is none. */
import process from "node:process"
import { parentPort } from "node:worker_threads"
import { parseDocument } from "./parseDocument.ts"
import { ParseFailure } from "./ParseFailure.ts"
import type { ParseMessage, ParseTask } from "./ParsePool.ts"

const tell = (message: ParseMessage) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has none
  parentPort?.postMessage(message)
}

const answer = async (task: ParseTask): Promise<ParseMessage> => {
  try {
    return { _tag: "Parsed", ...await parseDocument(task, (pages) => tell({ _tag: "Reading", pages })) }
  } catch (cause) {
    if (cause instanceof ParseFailure) return { _tag: "Refused", code: cause.code, message: cause.message, cause }
    // The stack or a string's greatest length ran out: the document is nested or large beyond measure.
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
        message: "The document can not be read: its content is not what its format says.",
        cause
      }
  }
}

// A promise that a library has forgotten must not end the thread, and with it the next document's parse.
process.on("unhandledRejection", () => {})

parentPort?.on("message", (task: ParseTask) => {
  void answer(task).then(tell)
})
