/** Takes an upload's body into the storage and makes a document of it, or leaves nothing of it. */
import { Effect, Option } from "effect"
import type { HttpServerRequest } from "effect/http"
import { type Document, Documents } from "../../services/Documents.ts"
import { Ids } from "../../services/Ids.ts"
import { Caller } from "../api/Access.ts"
import { RequestId, reusedKey } from "../api/Idempotency.ts"
import { DocumentId } from "../domain/Ids.ts"
import { HttpOptions } from "../http/server/HttpOptions.ts"
import { acceptDocument, discardUnused, overQuota, taken, traceparentOf } from "./acceptDocument.ts"
import { discard, readUpload } from "./readUpload.ts"

type Upload = Effect.Success<ReturnType<typeof readUpload>>

export const acceptUpload = Effect.fn("http.upload")(function*(request: HttpServerRequest.HttpServerRequest) {
  const ids = yield* Ids
  const fresh = DocumentId.make(yield* ids.uuid)
  const traceparent = yield* traceparentOf(request)
  const earlier = yield* earlierAttempt
  yield* refuseWithoutRoom(request)
  // A caller who hangs up is free to do so until the file is whole; from then on the rows and the object go together.
  return yield* Effect.uninterruptibleMask(Effect.fnUntraced(function*(restore) {
    const upload = yield* restore(readUpload(request, fresh))
    return Option.isSome(earlier)
      ? yield* sameAs(earlier.value, upload)
      : yield* finish(upload, traceparent)
  }))
})

/** What cannot be kept is not read first. Whether a small file fits is told with its acceptance, at no cost of its own. */
const refuseWithoutRoom = Effect.fnUntraced(function*({ headers }: HttpServerRequest.HttpServerRequest) {
  const bytes = Number(headers["content-length"] ?? Number.POSITIVE_INFINITY)
  if (bytes < 1_000_000) return
  const { bounds: { storageMb } } = yield* HttpOptions
  const { userId } = yield* Caller
  const documents = yield* Documents
  if ((yield* documents.used(userId)) >= storageMb * 1_000_000) return yield* overQuota
})

/** Somebody carried this request out, and died or lost its connection before it could answer. */
const earlierAttempt = Effect.gen(function*() {
  const requestId = yield* RequestId
  if (requestId === null) return Option.none<Document>()
  const { userId } = yield* Caller
  return yield* (yield* Documents).findByRequest(userId, requestId)
})

const sameAs = Effect.fnUntraced(function*({ job, sha256 }: Document, { file }: Upload) {
  yield* discard(file.path)
  if (file.sha256 !== sha256) return yield* reusedKey()
  return { job, duplicate: false }
})

/** Of uploads that want one id at the same time, one becomes the document: each has an object of its own until then. */
const finish = Effect.fnUntraced(function*(upload: Upload, traceparent: string | null) {
  const { documentId, file } = upload
  const acceptance = yield* acceptDocument(documentId, file, upload, traceparent)
  yield* discardUnused(acceptance, file.path)
  if (acceptance.outcome === "over_quota") return yield* overQuota
  if (acceptance.outcome === "conflict") return yield* taken(documentId)
  return { job: acceptance.job, duplicate: acceptance.outcome === "duplicate" }
})
