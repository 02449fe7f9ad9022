/** The parsing thread: takes one document at a time and returns its Markdown or the reason for failure. */
import process from "node:process"
import { parentPort } from "node:worker_threads"
import { longText } from "../../../../src/policy/limits.ts"
import { answerTask } from "./answerTask.ts"
import type { ParseMessage, ParseTask } from "./ParseThread.ts"

const tell = (message: ParseMessage) => {
  if (message._tag !== "Parsed" || typeof message.markdown !== "string" || message.markdown.length <= longText) {
    return parentPort?.postMessage(message)
  }
  const markdown = new TextEncoder().encode(message.markdown)
  parentPort?.postMessage({ ...message, markdown }, [markdown.buffer])
}

// An unhandled rejection inside a library must not end the thread and with it the next document's parse.
process.on("unhandledRejection", () => {})

parentPort?.on("message", (task: ParseTask) => {
  void answerTask(task, (pages) => tell({ _tag: "Reading", pages })).then(tell)
})
