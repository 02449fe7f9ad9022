/** The thread that reads one source at a time and compares it with the parsed text. */
import process from "node:process"
import { parentPort } from "node:worker_threads"
import { compareSource } from "../DocumentParser/local/source/compareSource.ts"
import { readSource } from "../DocumentParser/local/source/readSource.ts"

export interface InventoryRequest {
  readonly mediaType: string
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly markdown: Uint8Array
}

// An unhandled rejection inside a library must not end the thread.
process.on("unhandledRejection", () => {})

parentPort?.on("message", ({ bytes, markdown, mediaType }: InventoryRequest) => {
  void compareSource(() => readSource(mediaType, bytes), new TextDecoder().decode(markdown))
    .then((comparison) => parentPort?.postMessage(comparison))
})
