/** What is found out about a file's bytes as they go by. Only what is needed to tell the type is ever held in memory. */
import { Effect, Pull, Stream } from "effect"
import { createHash } from "node:crypto"
import { contradicts, type MediaType, promisedType } from "../domain/mediaType.ts"
import { sniff, sniffedBytes } from "../domain/sniff.ts"
import { emptyFile, typeMismatch, unsupportedType } from "./refusals.ts"

/** Counts and hashes what goes by, and fails at the first byte above the limit. `look` sees each piece. */
export const meter = <E, E2, R>(
  content: Stream.Stream<Uint8Array, E, R>,
  limit: number,
  refusal: E2,
  look: (bytes: Uint8Array) => void = () => {}
) => {
  const hash = createHash("sha256")
  let bytes = 0
  return {
    content: Stream.mapArrayEffect(content, (chunks) => {
      for (const chunk of chunks) {
        bytes += chunk.length
        hash.update(chunk)
        look(chunk)
      }
      return bytes > limit ? Effect.fail(refusal) : Effect.succeed(chunks)
    }),
    /** When all has gone by. */
    seen: () => ({ bytes, sha256: hash.digest("hex") })
  }
}

/** The first bytes, and the whole content again. */
export const peek = Effect.fnUntraced(function*<E>(stream: Stream.Stream<Uint8Array, E>) {
  const pull = yield* Stream.toPull(stream)
  const chunks: Array<Uint8Array> = []
  let size = 0
  let ended = false
  while (size < sniffedBytes && !ended) {
    const next = yield* Pull.catchDone(pull, () => Effect.succeed(undefined))
    if (next === undefined) ended = true
    else {
      for (const chunk of next) {
        chunks.push(chunk)
        size += chunk.length
      }
    }
  }
  const start = Stream.fromArray(chunks)
  return {
    head: Buffer.concat(chunks).subarray(0, sniffedBytes),
    content: ended ? start : Stream.concat(start, Stream.fromPull(Effect.succeed(pull)))
  }
})

const refused: ReadonlySet<MediaType> = new Set([
  "application/octet-stream",
  "application/x-executable",
  "application/x-archive",
  "application/zip",
  "application/vnd.sqlite3",
  "image/*",
  "audio/*",
  "video/*"
])

/** By its bytes and its name: refused if it is empty, misnamed, or of no kind that can be parsed. */
export const acceptedType = Effect.fnUntraced(function*(name: string, head: Uint8Array) {
  const found = sniff(head, name)
  if (found === "application/x-empty") return yield* emptyFile()
  if (contradicts(name, found)) return yield* typeMismatch(found)
  if (refused.has(found)) return yield* unsupportedType(found)
  // What makes it a Word document may stand behind the first bytes: then its name decides.
  return found === "application/vnd.openxmlformats-officedocument" ? promisedType(name) ?? found : found
})
