/** Stores the parsed text and returns its path and hash. Frees the bytes of a long text. */
import { Effect, Stream } from "effect"
import { ObjectStorage } from "../../../services/ObjectStorage.ts"
import { giveBack } from "../../domain/giveBack.ts"
import { sha256, sha256InParts } from "../../domain/hash.ts"
import type { ClaimedJob } from "../../domain/Job.ts"
import { parsedPath } from "../../domain/objectPaths.ts"
import { atOneGo } from "../../policy/limits.ts"

export const storeParsed = Effect.fnUntraced(function*(job: ClaimedJob, markdown: string | Uint8Array) {
  const storage = yield* ObjectStorage
  const path = parsedPath(job.userId, job.documentId, job.jobId, job.fence)
  const bytes = typeof markdown === "string" ? new TextEncoder().encode(markdown) : markdown
  const { content, hash } = bytes.length <= atOneGo.text ? whole(bytes) : inParts(bytes)
  yield* storage.put(path, content, "text/markdown; charset=utf-8")
  if (typeof markdown !== "string") giveBack(markdown)
  return { parsedPath: path, parsedSha256: hash() }
})

const whole = (bytes: Uint8Array) => ({ content: Stream.make(bytes), hash: () => sha256(bytes) })

/** Other fibers run between two parts; the hash is known after the last one. */
const inParts = (bytes: Uint8Array) => {
  const { add, hex } = sha256InParts()
  const starts = Array.from({ length: Math.ceil(bytes.length / atOneGo.text) }, (_, n) => n * atOneGo.text)
  const content = Stream.mapEffect(Stream.fromIterable(starts), (at) =>
    Effect.map(Effect.yieldNow, () => {
      const part = bytes.subarray(at, at + atOneGo.text)
      add(part)
      return part
    }))
  return { content, hash: hex }
}
