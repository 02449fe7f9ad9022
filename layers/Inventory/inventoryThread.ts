/** The thread that reads one source at a time: compares it with the parsed text, or takes out what is attached. */
import process from "node:process"
import { parentPort } from "node:worker_threads"
import { attachedTo } from "../DocumentParser/local/source/attachedTo.ts"
import { compareSource } from "../DocumentParser/local/source/compareSource.ts"
import { readSource } from "../DocumentParser/local/source/readSource.ts"

export interface InventoryRequest {
  readonly mediaType: string
  readonly bytes: Uint8Array<ArrayBuffer>
  /** What to compare it with; or only the attachments, at most as many. */
  readonly asked: { readonly markdown: Uint8Array } | { readonly attachments: number }
}

// An unhandled rejection inside a library must not end the thread.
process.on("unhandledRejection", () => {})

const answer = async ({ asked, bytes, mediaType }: InventoryRequest): Promise<void> => {
  if ("attachments" in asked) {
    return parentPort?.postMessage(await attachedTo(bytes, asked.attachments))
  }
  parentPort?.postMessage(
    await compareSource(() => readSource(mediaType, bytes), new TextDecoder().decode(asked.markdown))
  )
}

parentPort?.on("message", (request: InventoryRequest) => {
  void answer(request)
})
