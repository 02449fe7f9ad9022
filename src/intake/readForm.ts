/** Reads an upload's parts in any order. Nothing is left in the storage unless all of them are valid. */
import { Effect, Option, Schema, Stream } from "effect"
import type { Multipart } from "effect/http"
import { Ids } from "../../services/Ids.ts"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { malformedRequest, pointerTo, unknownName, unreadable } from "../api/unreadable.ts"
import { UploadForm } from "../api/uploads.ts"
import { nameInForm } from "../domain/cleanName.ts"
import { DocumentId, type UserId } from "../domain/Ids.ts"
import { ownerOf, rawPath } from "../domain/objectPaths.ts"
import { noteForm } from "./fingerprint.ts"
import { receive, type ReceivedFile } from "./receive.ts"
import { malformed, malformedForm, tooLarge } from "./refusals.ts"
import { removeFile } from "./removeFile.ts"
import { largestFile } from "./storageLimits.ts"

/** A form as it arrives. */
export interface Form {
  readonly parts: Stream.Stream<Multipart.Part, Multipart.MultipartError>
  /** The size that the request announces; NaN if it announces none. */
  readonly bytes: number
  /** The names of its parts in the contract. */
  readonly known: ReadonlyArray<string>
}

/** Bytes that the parts and their headers may add to the file. */
export const formOverhead = 1_048_576

const { file: _file, ...fields } = UploadForm.fields
const decodeFields = Schema.decodeUnknownEffect(Schema.toCodecStringTree(Schema.Struct(fields)))

/** `fresh`: the document's id if the form has none. */
export const readForm = Effect.fnUntraced(
  function*(form: Form, userId: UserId, fresh: DocumentId, look?: Parameters<typeof receive>[2]) {
    const largest = yield* largestFile
    if (form.bytes > largest + formOverhead) return yield* tooLarge(largest)
    const values = new Map<string, string>()
    let file: ReceivedFile | undefined
    const take = Effect.fnUntraced(function*(part: Multipart.Part) {
      if (part._tag === "Field") {
        if (!form.known.includes(part.key)) return yield* wrongPart(part.key, unknownName(part.key, form.known))
        if (values.has(part.key)) return yield* wrongPart(part.key, "Given more than once.")
        values.set(part.key, part.value)
      } else if (part.key !== "file") {
        return yield* malformed("BAD_MULTIPART", `The part ${JSON.stringify(part.key.slice(0, 50))} may not be a file.`)
      } else if (file !== undefined) {
        return yield* malformed("TOO_MANY_FILES", "An upload contains one file: send each file in its own request.")
      } else if (part.name !== "") {
        const named = { name: nameInForm(part.name), content: part.content }
        file = yield* receive(named, { userId, documentId: idOf(values) ?? fresh }, look)
      }
    })
    const read = Effect.gen(function*() {
      yield* Stream.runForEach(form.parts, take)
      const received = file ?? (yield* malformed("FILE_MISSING", "There is no part named `file` with a file name."))
      const wishes = yield* Effect.mapError(
        decodeFields(Object.fromEntries(values)),
        (error) => unreadable("payload", error)
      )
      yield* noteForm(values, received)
      const documentId = idOf(values) ?? fresh
      if (ownerOf(received.path)?.document !== documentId) file = yield* move(received, userId, documentId)
      return { ...wishes, documentId, file: file ?? received }
    })
    return yield* Effect.onError(read, () => file === undefined ? Effect.void : removeFile(file.path))
  },
  Effect.catchTag("MultipartError", malformedForm)
)

const wrongPart = (name: string, detail: string) => malformedRequest([{ pointer: pointerTo("payload", name), detail }])

const idOf = (values: ReadonlyMap<string, string>): DocumentId | undefined => {
  const given = values.get("document_id")
  return given === undefined ? undefined : Option.getOrUndefined(decodeId(given))
}
const decodeId = Schema.decodeUnknownOption(DocumentId)

/** A file's path begins with its document's id, which may arrive after the file. */
const move = Effect.fnUntraced(function*(file: ReceivedFile, userId: UserId, documentId: DocumentId) {
  const storage = yield* ObjectStorage
  const ids = yield* Ids
  const extension = file.path.slice(file.path.lastIndexOf(".") + 1)
  const path = rawPath(userId, documentId, yield* ids.uuid, extension)
  yield* storage.put(path, storage.get(file.path), file.mediaType)
  yield* removeFile(file.path)
  return { ...file, path }
})
