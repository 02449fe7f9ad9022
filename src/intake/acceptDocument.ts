/** Makes a document and its job of a file that was examined and lies in the storage, however it came there. */
import { Effect, Option } from "effect"
import { type HttpServerRequest, HttpTraceContext } from "effect/http"
import { type Acceptance, Documents } from "../../services/Documents.ts"
import { Embedder } from "../../services/Embedder.ts"
import { Caller } from "../api/Access.ts"
import { Correlation } from "../api/Correlation.ts"
import { RequestId } from "../api/Idempotency.ts"
import { Conflict, OverQuota } from "../api/Problem.ts"
import type { DocumentId } from "../domain/Ids.ts"
import { HttpOptions } from "../http/server/HttpOptions.ts"
import { setHeader } from "../http/server/setHeader.ts"
import { discard } from "./readUpload.ts"
import type { ReceivedFile } from "./receiveFile.ts"

export interface Wishes {
  readonly metadata?: Readonly<Record<string, string>>
  readonly priority?: number
  readonly force?: boolean
}

/** If this fails nobody knows whether the rows were written: the object stays, as an orphan costs less than a loss. */
export const acceptDocument = Effect.fnUntraced(function*(
  documentId: DocumentId,
  file: ReceivedFile,
  wishes: Wishes,
  traceparent: string | null
) {
  const { bounds, chunker } = yield* HttpOptions
  const { userId } = yield* Caller
  const documents = yield* Documents
  const { model } = yield* Embedder
  return yield* documents.accept({
    userId,
    documentId,
    correlationId: yield* Correlation,
    filename: file.name,
    mediaType: file.mediaType,
    bytes: file.bytes,
    sha256: file.sha256,
    rawPath: file.path,
    metadata: wishes.metadata ?? {},
    priority: wishes.priority ?? 0,
    chunker,
    model,
    traceparent,
    force: wishes.force ?? false,
    requestId: yield* RequestId,
    quotaBytes: bounds.storageMb * 1_000_000
  })
})

/** A file that is no document's goes. */
export const discardUnused = ({ job, outcome }: Acceptance, path: string) =>
  outcome === "accepted" || job?.raw_path === path ? Effect.void : discard(path)

export const overQuota = Effect.gen(function*() {
  const { bounds: { storageMb } } = yield* HttpOptions
  const retry_after_s = 3_600
  yield* setHeader("retry-after", String(retry_after_s))
  const detail =
    `The user's documents may take ${storageMb} MB, and this one would take more. Delete some, then send it again.`
  return yield* new OverQuota({ detail, retry_after_s })
})

export const taken = Effect.fnUntraced(function*(documentId: DocumentId) {
  const detail = `There is a document ${documentId} already. Leave document_id out, or delete that document first.`
  return yield* new Conflict({ code: "DOCUMENT_ID_TAKEN", detail })
})

/** Of our own span where it belongs to the caller's trace, or else the caller's own header: without a tracer spans are roots. */
export const traceparentOf = Effect.fnUntraced(function*(request: HttpServerRequest.HttpServerRequest) {
  const incoming = HttpTraceContext.fromHeaders(request.headers)
  const span = yield* Effect.option(Effect.currentSpan)
  if (Option.isSome(span) && (Option.isNone(incoming) || incoming.value.traceId === span.value.traceId)) {
    return HttpTraceContext.toHeaders(span.value)["traceparent"] ?? null
  }
  return Option.isSome(incoming) ? request.headers["traceparent"] ?? null : null
})
