/** Reads an upload's parts in whatever order they come. Nothing is left in the storage unless all of them are in order. */
import { Effect, Option, Schema, Stream } from "effect"
import type { HttpServerRequest, Multipart } from "effect/http"
import { Ids } from "../../services/Ids.ts"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { Caller } from "../api/Access.ts"
import { BadRequest } from "../api/Problem.ts"
import { UploadForm } from "../api/UploadApi.ts"
import { DocumentId } from "../domain/Ids.ts"
import { ownerOf, rawPath } from "../domain/objectPaths.ts"
import { HttpOptions } from "../http/server/HttpOptions.ts"
import { unreadable } from "../http/server/unreadable.ts"
import { tooLarge } from "./examine.ts"
import { noteUpload } from "./fingerprint.ts"
import { type ReceivedFile, receiveFile } from "./receiveFile.ts"
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

/** `fresh`: the document's id, if the form has none. */
export const readUpload = Effect.fnUntraced(
  function*(
    request: HttpServerRequest.HttpServerRequest,
    fresh: DocumentId,
    look?: Parameters<typeof receiveFile>[2]
  ) {
    const { maxUploadBytes } = yield* HttpOptions
    if (Number(request.headers["content-length"]) > maxUploadBytes + overhead) {
      return yield* tooLarge(maxUploadBytes)
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
        file = yield* receiveFile(part, idOf(values) ?? fresh, look)
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
      const documentId = idOf(values) ?? fresh
      if (ownerOf(received.path)?.document !== documentId) file = yield* store(received, documentId)
      return { ...form, documentId, file: file ?? received }
    })
    return yield* Effect.onError(read, () => file === undefined ? Effect.void : discard(file.path))
  },
  Effect.catchTag("MultipartError", (error) => refuse("BAD_MULTIPART", faults[error.reason._tag]))
)

/** Ids are written in lower case, whatever a caller writes. */
const idOf = (values: ReadonlyMap<string, string>): DocumentId | undefined =>
  Option.getOrUndefined(decodeId(values.get("document_id")?.toLowerCase()))
const decodeId = Schema.decodeUnknownOption(DocumentId)

/** Again, under the id that came behind the file: an object's name begins with its document's. */
const store = Effect.fnUntraced(function*(file: ReceivedFile, document: DocumentId) {
  const { userId } = yield* Caller
  const storage = yield* ObjectStorage
  const extension = file.path.slice(file.path.lastIndexOf(".") + 1)
  const path = rawPath(userId, document, yield* (yield* Ids).uuid, extension)
  yield* storage.put(path, storage.get(file.path), file.mediaType)
  yield* discard(file.path)
  return { ...file, path }
})

/** Removes an object that nothing refers to; one that stays is removed by the sweep. */
export const discard = Effect.fnUntraced(function*(path: string) {
  const storage = yield* ObjectStorage
  yield* storage.remove(path).pipe(
    Effect.catch((error) => Effect.logWarning("An upload that was not taken stays in the storage", path, error))
  )
})

const refuse = Effect.fnUntraced(function*(code: BadRequest["code"], detail: string) {
  return yield* new BadRequest({ code, detail, errors: [] })
})

const faults: Record<Multipart.MultipartError["reason"]["_tag"], string> = {
  FileTooLarge: "A part is too large.",
  FieldTooLarge: "A field is longer than 64 KB.",
  BodyTooLarge: "The body is too large.",
  TooManyParts: "There are more than 20 parts.",
  InternalError: "The body broke off.",
  Parse: "The body is no well-formed multipart/form-data."
}
