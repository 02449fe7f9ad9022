/** Reads an upload's parts in whatever order they come. Nothing is left in the storage unless all of them are in order. */
import { Effect, Schema, Stream } from "effect"
import type { HttpServerRequest, Multipart } from "effect/http"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { Correlation } from "./Correlation.ts"
import { tooLarge } from "./examine.ts"
import { noteUpload } from "./fingerprint.ts"
import { HttpOptions } from "./HttpOptions.ts"
import { BadRequest } from "./Problem.ts"
import { type ReceivedFile, receiveFile } from "./receiveFile.ts"
import { unreadable } from "./unreadable.ts"
import { UploadForm } from "./UploadApi.ts"
import { uploadParts } from "./uploadParts.ts"

/** What the parts and their headers may add to the file. */
const overhead = 1_048_576

export const uploadLimits = (maxUploadBytes: number): Multipart.withLimits.Options => ({
  maxParts: 20,
  maxFieldSize: 65_536,
  maxTotalSize: maxUploadBytes + overhead,
  fieldMimeTypes: []
})

const { file: _file, ...fields } = UploadForm.fields
const decodeFields = Schema.decodeUnknownEffect(Schema.toCodecStringTree(Schema.Struct(fields)))

/** The file is stored as `objectName`: the document's own id may only come behind it. */
export const readUpload = Effect.fnUntraced(
  function*(
    request: HttpServerRequest.HttpServerRequest,
    objectName: string,
    look?: Parameters<typeof receiveFile>[2]
  ) {
    const { maxUploadBytes } = yield* HttpOptions
    const correlation_id = yield* Correlation
    if (Number(request.headers["content-length"]) > maxUploadBytes + overhead) {
      return yield* tooLarge(maxUploadBytes, correlation_id)
    }
    const values = new Map<string, string>()
    let file: ReceivedFile | undefined
    const take = Effect.fnUntraced(function*(part: Multipart.Part) {
      if (part._tag === "Field") {
        values.set(part.key, part.value)
      } else if (part.key !== "file") {
        return yield* refuse("BAD_MULTIPART", `The part ${JSON.stringify(part.key.slice(0, 50))} may not be a file.`)
      } else if (file !== undefined) {
        return yield* refuse("TOO_MANY_FILES", "An upload takes one file: send each in a request of its own.")
      } else if (part.name !== "") {
        file = yield* receiveFile(part, objectName, look)
      }
    })
    const read = Effect.gen(function*() {
      yield* Stream.runForEach(uploadParts(request, uploadLimits(maxUploadBytes)), take)
      const received = file ?? (yield* refuse("FILE_MISSING", "There is no part named `file` with a file name."))
      const form = yield* Effect.catchTag(
        decodeFields(Object.fromEntries(values)),
        "SchemaError",
        (error) => unreadable("payload", error)
      )
      yield* noteUpload(values, received)
      return { ...form, file: received }
    })
    return yield* Effect.onError(read, () => file === undefined ? Effect.void : discard(file.path))
  },
  Effect.catchTag("MultipartError", (error) => refuse("BAD_MULTIPART", faults[error.reason._tag]))
)

/** Removes an object that nothing refers to; one that stays costs its bytes and nothing else. */
export const discard = Effect.fnUntraced(function*(path: string) {
  const storage = yield* ObjectStorage
  yield* storage.remove(path).pipe(
    Effect.catch((error) => Effect.logWarning("An upload that was not taken stays in the storage", path, error))
  )
})

const refuse = Effect.fnUntraced(function*(code: BadRequest["code"], detail: string) {
  return yield* new BadRequest({ code, detail, errors: [], correlation_id: yield* Correlation })
})

const faults: Record<Multipart.MultipartError["reason"]["_tag"], string> = {
  FileTooLarge: "A part is too large.",
  FieldTooLarge: "A field is longer than 64 KB.",
  BodyTooLarge: "The body is too large.",
  TooManyParts: "There are more than 20 parts.",
  InternalError: "The body broke off.",
  Parse: "The body is no well-formed multipart/form-data."
}
