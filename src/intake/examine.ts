/** Examines a file's bytes as they stream by. Only as much as is needed to detect the type is held in memory. */
import { Effect, Pull, Stream } from "effect"
import { createHash } from "node:crypto"
import { judgeFile } from "../domain/judgeFile.ts"
import { sniffedBytes } from "../domain/sniff.ts"
import { refusedFile } from "./refusals.ts"

/** Counts and hashes the bytes, and fails at the first byte above the limit. `look` receives each piece. */
export const meter = <E, E2, R>(
  content: Stream.Stream<Uint8Array, E, R>,
  limit: number,
  refusal: () => E2,
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
      return bytes > limit ? Effect.fail(refusal()) : Effect.succeed(chunks)
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

export const acceptedType = (name: string, head: Uint8Array) => {
  const judgement = judgeFile(name, head)
  return judgement._tag === "Accepted"
    ? Effect.succeed(judgement.mediaType)
    : Effect.fail(refusedFile(judgement.refusal))
}
