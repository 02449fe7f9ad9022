/** A multipart body in memory: its fields, and its file with the hash that identifies its content. */
import { Effect, Option, Stream } from "effect"
import { type HttpServerRequest, Mime, Multipart } from "effect/http"
import { sha256 } from "../../domain/hash.ts"
import { type Refusal, refusal } from "./Refusal.ts"

export interface UploadedFile {
  readonly name: string
  readonly mediaType: string
  readonly bytes: Uint8Array
  readonly sha256: string
}

export interface Upload {
  readonly fields: Readonly<Record<string, string>>
  readonly file: UploadedFile | undefined
}

/** The vendor's own limit. */
const limits = Multipart.limitsServices({ maxFileSize: "512 MiB" })

const mediaTypeOf = (file: Multipart.File): string =>
  file.contentType === "application/octet-stream"
    ? Option.getOrElse(Mime.getType(file.name), () => file.contentType)
    : file.contentType

export const readUpload = (request: HttpServerRequest.HttpServerRequest): Effect.Effect<Upload, Refusal> =>
  Stream.runFoldEffect(request.multipartStream, (): Upload => ({ fields: {}, file: undefined }), (upload, part) => {
    if (part._tag === "Field") {
      return Effect.succeed({ ...upload, fields: { ...upload.fields, [part.key]: part.value } })
    }
    return Effect.map(part.contentEffect, (bytes): Upload => ({
      ...upload,
      file: { name: part.name, mediaType: mediaTypeOf(part), bytes, sha256: sha256(bytes) }
    }))
  }).pipe(
    Effect.provideContext(limits),
    Effect.mapError(({ reason }) =>
      reason._tag === "Parse"
        ? refusal(400, "The multipart body cannot be read.")
        : refusal(413, "The file is too large.")
    )
  )

/** The file, which the vendor wants with a name and at least one byte. */
export const requireFile = ({ file }: Upload): Effect.Effect<UploadedFile, Refusal> => {
  if (file === undefined) return Effect.fail(refusal(400, "file field is required for multipart requests."))
  if (file.name === "") return Effect.fail(refusal(400, "File must have a filename."))
  return file.bytes.length === 0 ? Effect.fail(refusal(400, "Uploaded file is empty.")) : Effect.succeed(file)
}
