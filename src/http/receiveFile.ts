/**
 * Takes one uploaded file from the wire into the storage: typed by its first bytes, counted and hashed on the way, refused
 * before anything is spent on it. Only what is needed to tell the type is ever held in memory.
 */
import { Effect, Pull, Stream } from "effect"
import type { Multipart } from "effect/http"
import { createHash } from "node:crypto"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { errorCodes } from "../domain/ErrorCode.ts"
import { contradicts, type MediaType, mediaTypes, promisedType, sniff } from "../domain/mediaType.ts"
import { Caller } from "./Access.ts"
import { cleanName } from "./cleanName.ts"
import { Correlation } from "./Correlation.ts"
import { HttpOptions } from "./HttpOptions.ts"
import { TooLarge, Unprocessable, UnsupportedMedia } from "./Problem.ts"

export interface ReceivedFile {
  readonly name: string
  readonly mediaType: string
  readonly extension: string
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

/** As many of the first bytes as tell every type; even, so that a cut does not look like half a UTF-16 unit. */
const sniffedBytes = 65_536

/** `look` sees each piece as it goes by. */
export const receiveFile = Effect.fn("http.receiveFile")(function*(
  part: Multipart.File,
  objectName: string,
  look: (bytes: Uint8Array) => void = () => {}
) {
  const { maxUploadBytes } = yield* HttpOptions
  const { userId } = yield* Caller
  const storage = yield* ObjectStorage
  const correlation_id = yield* Correlation
  const name = cleanName(part.name)
  const { content, head } = yield* peek(part.content)
  const mediaType = yield* acceptedType(name, head)
  const extension = extensionOf(name, mediaType)
  const path = `raw/${userId}/${objectName}.${extension}`
  const hash = createHash("sha256")
  let bytes = 0
  const metered = Stream.mapArrayEffect(content, (chunks) => {
    for (const chunk of chunks) {
      bytes += chunk.length
      hash.update(chunk)
      look(chunk)
    }
    return bytes > maxUploadBytes ? Effect.fail(tooLarge(maxUploadBytes, correlation_id)) : Effect.succeed(chunks)
  })
  yield* storage.put(path, metered, mediaType)
  return { name, mediaType, extension, path, bytes, sha256: hash.digest("hex") }
}, Effect.scoped)

export const tooLarge = (limit: number, correlation_id: TooLarge["correlation_id"]) =>
  new TooLarge({
    code: "FILE_TOO_LARGE",
    detail: `The file is larger than ${Math.floor(limit / 1_000_000)} MB. ${errorCodes.FILE_TOO_LARGE.help}`,
    correlation_id
  })

/** The first bytes, and the whole content again. */
const peek = Effect.fnUntraced(function*<E>(stream: Stream.Stream<Uint8Array, E>) {
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

const acceptedType = Effect.fnUntraced(function*(name: string, head: Uint8Array) {
  const correlation_id = yield* Correlation
  const found = sniff(head, name)
  if (found === "application/x-empty") {
    const detail = `${errorCodes.EMPTY_FILE.title} ${errorCodes.EMPTY_FILE.help}`
    return yield* new Unprocessable({ code: "EMPTY_FILE", detail, correlation_id })
  }
  if (contradicts(name, found)) {
    const detail = `The file is ${mediaTypes[found]}, which its name does not say. ${errorCodes.TYPE_MISMATCH.help}`
    return yield* new UnsupportedMedia({ code: "TYPE_MISMATCH", detail, correlation_id })
  }
  if (refused.has(found)) {
    const detail = `The file is ${mediaTypes[found]}. ${errorCodes.UNSUPPORTED_TYPE.help}`
    return yield* new UnsupportedMedia({ code: "UNSUPPORTED_TYPE", detail, correlation_id })
  }
  // What makes it a Word document may stand behind the first bytes: then its name decides.
  return found === "application/vnd.openxmlformats-officedocument" ? promisedType(name) ?? found : found
})

const usualExtensions: Partial<Record<MediaType, string>> = {
  "application/pdf": "pdf",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
  "application/msword": "doc",
  "application/vnd.ms-excel": "xls",
  "application/vnd.ms-powerpoint": "ppt",
  "application/epub+zip": "epub",
  "application/rtf": "rtf",
  "text/html": "html",
  "text/markdown": "md",
  "text/plain": "txt"
}

/** The name's own if it is a known one, which by now does not contradict the bytes. */
const extensionOf = (name: string, type: MediaType): string =>
  promisedType(name) === undefined
    ? usualExtensions[type] ?? "bin"
    : name.slice(name.lastIndexOf(".") + 1).toLowerCase()
