/** The thread that reads one long result: receives its body in parts, and returns the text in UTF-8. */
import { parentPort } from "node:worker_threads"
import { assemblePages } from "./assemblePages.ts"

const decoder = new TextDecoder()
const parts: Array<string> = []

parentPort?.on("message", (part: Uint8Array | "end") => {
  if (part !== "end") return void parts.push(decoder.decode(part, { stream: true }))
  const assembled = assemblePages(parts.splice(0).join("") + decoder.decode())
  if (assembled?.markdown === undefined) return parentPort?.postMessage(assembled)
  const markdown = new TextEncoder().encode(assembled.markdown)
  parentPort?.postMessage({ ...assembled, markdown }, [markdown.buffer])
})
