/** The thread that chunks one text: receives it in parts, and answers each request with the next chunks. */
import { parentPort } from "node:worker_threads"
import type { ToChunk } from "../../services/Chunker.ts"
import { chunkers } from "../../src/chunking/chunkers.ts"
import { type Chunk, identify } from "../../src/domain/Chunk.ts"
import { giveBack } from "../../src/domain/giveBack.ts"

/** What the chunks depend on. */
type Subject = Omit<ToChunk, "userId">

export type CutRequest =
  | { readonly _tag: "part"; readonly bytes: Uint8Array }
  | { readonly _tag: "begin" } & Subject
  | { readonly _tag: "next" }

/** Per answer: as much as the other side processes within a few milliseconds. */
const atOnce = 250

const parts: Array<Uint8Array> = []
let chunks: Generator<Chunk> | undefined

/** Each part is freed as soon as it is copied: 50 MB of text take 50 MB less than with its parts as strings. */
const decoded = (parts: ReadonlyArray<Uint8Array>): string => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
    giveBack(part)
  }
  const text = new TextDecoder().decode(whole)
  giveBack(whole)
  return text
}

const cut = function*({ chunksVersion, documentId, filename }: Subject): Generator<Chunk> {
  const text = decoded(parts.splice(0))
  let ordinal = 0
  for (const piece of chunkers[chunksVersion](text, filename)) {
    yield identify(documentId, chunksVersion, ordinal++, piece)
  }
}

parentPort?.on("message", (request: CutRequest) => {
  switch (request._tag) {
    case "part":
      parts.push(request.bytes)
      return
    case "begin":
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
