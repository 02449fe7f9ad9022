/** Examines a file's bytes as they stream by. Only as much as is needed to detect the type is held in memory. */
import { Effect, Pull, Stream } from "effect"
import { createHash } from "node:crypto"
import { contradicts, isOffice, type MediaType, promisedType } from "../domain/mediaType.ts"
import { sniff, sniffedBytes } from "../domain/sniff.ts"
import { emptyFile, typeMismatch, unsupportedType } from "./refusals.ts"

/** Counts and hashes the bytes, and fails at the first byte above the limit. `look` receives each piece. */
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
    /** Known at the end of the stream. */
    seen: () => ({ bytes, sha256: hash.digest("hex") })
  }
}

/** The first bytes, and the complete content. */
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

/** Judges a file by its bytes and its name: refuses it if it is empty, misnamed or of a type that cannot be parsed. */
export const acceptedType = Effect.fnUntraced(function*(name: string, head: Uint8Array) {
  const found = sniff(head, name)
  if (found === "application/x-empty") return yield* emptyFile()
  const promised = promisedType(name)
  // The part that identifies an Office document may come after the first bytes: then its name decides.
  const isOpen = found === "application/vnd.openxmlformats-officedocument" ||
    (found === "application/zip" && head.length >= sniffedBytes && promised !== undefined && isOffice(promised))
  if (isOpen) return promised ?? found
  if (contradicts(name, found)) return yield* typeMismatch(found)
  if (refused.has(found)) return yield* unsupportedType(found)
  return found
})
