/** The thread that chunks one text: receives it in parts, and answers each request with the next chunks. */
import { parentPort } from "node:worker_threads"
import type { ToChunk } from "../../services/Chunker.ts"
import { chunkers } from "../../src/chunking/chunkers.ts"
import { type Chunk, identify } from "../../src/domain/Chunk.ts"

export type CutRequest =
  | { readonly _tag: "part"; readonly bytes: Uint8Array }
  | { readonly _tag: "begin" } & ToChunk
  | { readonly _tag: "next" }

/** Per answer: as much as the other side processes within a few milliseconds. */
const atOnce = 250

const decoder = new TextDecoder()
const parts: Array<string> = []
let chunks: Generator<Chunk> | undefined

const cut = function*({ chunksVersion, documentId, filename }: ToChunk): Generator<Chunk> {
  const text = parts.splice(0).join("")
  let ordinal = 0
  for (const piece of chunkers[chunksVersion](text, filename)) {
    yield identify(documentId, chunksVersion, ordinal++, piece)
  }
}

parentPort?.on("message", (request: CutRequest) => {
  switch (request._tag) {
    case "part":
      parts.push(decoder.decode(request.bytes, { stream: true }))
      return
    case "begin":
      parts.push(decoder.decode())
      chunks = cut(request)
      return
    case "next": {
      const some: Array<Chunk> = []
      for (let next = chunks?.next(); next?.done === false; next = chunks?.next()) {
        some.push(next.value)
        if (some.length === atOnce) break
      }
      parentPort?.postMessage(some)
    }
  }
})
