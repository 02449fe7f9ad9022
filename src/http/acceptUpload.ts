/** Makes a document and its job of a file that lies in the storage, and decides whether the file stays there. */
import { Effect, Option } from "effect"
import { type HttpServerRequest, HttpTraceContext } from "effect/http"
import { Documents } from "../../services/Documents.ts"
import { Embedder } from "../../services/Embedder.ts"
import { Ids } from "../../services/Ids.ts"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { DocumentId } from "../domain/Ids.ts"
import { Caller } from "./Access.ts"
import { Correlation } from "./Correlation.ts"
import { HttpOptions } from "./HttpOptions.ts"
import { Conflict } from "./Problem.ts"
import { discard, readUpload } from "./readUpload.ts"

type Upload = Effect.Success<ReturnType<typeof readUpload>>

export const acceptUpload = Effect.fn("http.upload")(function*(request: HttpServerRequest.HttpServerRequest) {
  const ids = yield* Ids
  const fresh = DocumentId.make(yield* ids.uuid)
  const traceparent = yield* traceparentOf(request)
  // A caller who hangs up is free to do so until the file is whole; from then on the rows and the object go together.
  return yield* Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(restore(readUpload(request, fresh)), (upload) => settle(upload, fresh, traceparent))
  )
})

const settle = Effect.fnUntraced(function*(upload: Upload, fresh: DocumentId, traceparent: string | null) {
  const { chunker } = yield* HttpOptions
  const { userId } = yield* Caller
  const documents = yield* Documents
  const { model } = yield* Embedder
  const correlationId = yield* Correlation
  const { file } = upload
  const documentId = upload.document_id === undefined ? fresh : DocumentId.make(upload.document_id.toLowerCase())
  const rawPath = `raw/${userId}/${documentId}.${file.extension}`
  yield* moveTo(rawPath, file.path, documentId)
  // If this fails nobody knows whether the rows were written: the object stays, as an orphan costs less than a loss.
  const { job, outcome } = yield* documents.accept({
    userId,
    documentId,
    correlationId,
    filename: file.name,
    mediaType: file.mediaType,
    bytes: file.bytes,
    sha256: file.sha256,
    rawPath,
    metadata: upload.metadata ?? {},
    priority: upload.priority ?? 0,
    chunker,
    model,
    traceparent,
    force: upload.force ?? false
  })
  if (outcome !== "accepted" && job?.raw_path !== rawPath) yield* discard(rawPath)
  if (outcome === "conflict") return yield* taken(documentId)
  return { job, duplicate: outcome === "duplicate" }
})

/** An id that the caller chose may have an object already, which a move would replace. */
const moveTo = Effect.fnUntraced(function*(to: string, from: string, documentId: DocumentId) {
  if (to === from) return
  const { userId } = yield* Caller
  const documents = yield* Documents
  const storage = yield* ObjectStorage
  const move = Effect.gen(function*() {
    if (Option.isSome(yield* documents.find(userId, documentId))) return yield* taken(documentId)
    yield* storage.move(from, to)
  })
  yield* Effect.onError(move, () => discard(from))
})

const taken = Effect.fnUntraced(function*(documentId: DocumentId) {
  const detail = `There is a document ${documentId} already. Leave document_id out, or delete that document first.`
  return yield* new Conflict({ code: "DOCUMENT_ID_TAKEN", detail, correlation_id: yield* Correlation })
})

/** Of our own span where it belongs to the caller's trace, or else the caller's own header: without a tracer spans are roots. */
const traceparentOf = Effect.fnUntraced(function*(request: HttpServerRequest.HttpServerRequest) {
  const incoming = HttpTraceContext.fromHeaders(request.headers)
  const span = yield* Effect.option(Effect.currentSpan)
  if (Option.isSome(span) && (Option.isNone(incoming) || incoming.value.traceId === span.value.traceId)) {
    return HttpTraceContext.toHeaders(span.value)["traceparent"] ?? null
  }
  return Option.isSome(incoming) ? request.headers["traceparent"] ?? null : null
})
