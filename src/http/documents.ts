/** Documents: accepted, shown with their chunks, and deleted with everything derived from them. */
import { Effect, type Option, Schema } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { Chunks, type StoredChunk } from "../../services/Chunks.ts"
import { Documents } from "../../services/Documents.ts"
import type { Embedder } from "../../services/Embedder.ts"
import type { Ids } from "../../services/Ids.ts"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { Vectors } from "../../services/Vectors.ts"
import { Caller } from "../api/Access.ts"
import { Api } from "../api/Api.ts"
import type { ChunkView } from "../api/documents.ts"
import { NotFound } from "../api/Problem.ts"
import { UploadForm } from "../api/uploads.ts"
import type { DocumentId } from "../domain/Ids.ts"
import { accept } from "../intake/accept.ts"
import { IntakeOptions } from "../intake/IntakeOptions.ts"
import { handler, serviceProblem } from "./middleware/serviceProblem.ts"
import { byCaller } from "./server/byCaller.ts"
import { deleteDocument } from "./server/deleteDocument.ts"
import { HttpOptions } from "./server/HttpOptions.ts"
import { orMissing } from "./server/orMissing.ts"
import { fromCursor, pageOf } from "./server/pages.ts"
import { senderOf } from "./server/sender.ts"
import { UploadHealth } from "./server/UploadHealth.ts"
import { formOf } from "./server/uploadParts.ts"
import { toHitView } from "./views/toHitView.ts"
import { toJobView } from "./views/toJobView.ts"
import { uploadAnswer } from "./views/uploadAnswer.ts"

export const DocumentsLive = HttpApiBuilder.group(
  Api,
  "documents",
  Effect.fnUntraced(function*(handlers) {
    const documents = yield* Documents
    const chunks = yield* Chunks
    const vectors = yield* Vectors
    const storage = yield* ObjectStorage
    const services = yield* Effect.context<Documents | Embedder | HttpOptions | Ids | IntakeOptions | ObjectStorage>()
    const { maxUploadBytes } = yield* IntakeOptions
    const { traceUrl } = yield* HttpOptions
    const uploadHealth = yield* UploadHealth

    return handlers
      .handleRaw("upload", ({ request }) =>
        senderOf(request).pipe(
          Effect.flatMap((sender) => uploadHealth.watch(accept(formOf(request, maxUploadBytes, UploadForm), sender))),
          Effect.flatMap(uploadAnswer),
          Effect.provideContext(services),
          serviceProblem
        ))
      .handleAll({
        get: handler("http.documents.get", function*({ params: { document_id } }) {
          const { userId } = yield* Caller
          const document = yield* found(yield* documents.find(userId, document_id), document_id)
          return { ...document, job: toJobView(document.job, traceUrl) }
        }),
        chunks: handler("http.documents.chunks", function*({ params: { document_id }, query: { cursor, limit = 50 } }) {
          const { userId } = yield* Caller
          const after = (yield* readPlace(cursor)) ?? -1
          const rows = yield* found(yield* chunks.page(userId, document_id, after, limit + 1), document_id)
          const { nextCursor, page } = pageOf(rows, limit, ({ ordinal }) => ordinal)
          return { chunks: page.map(toChunkView), nextCursor }
        }),
        text: handler("http.documents.text", function*({ params: { document_id } }) {
          const { userId } = yield* Caller
          const { parsedPath } = yield* found(yield* documents.find(userId, document_id), document_id)
          if (parsedPath === null) return yield* notParsed(document_id)
          yield* orMissing(yield* storage.stat(parsedPath), () => notParsed(document_id))
          return HttpServerResponse.stream(storage.get(parsedPath), { contentType: "text/markdown; charset=utf-8" })
        }),
        nearest: handler(
          "http.documents.nearest",
          function*({ params: { chunk_id, document_id }, query: { limit = 5 } }) {
            const { userId } = yield* Caller
            yield* found(yield* documents.find(userId, document_id), document_id)
            return { hits: (yield* vectors.nearest(userId, chunk_id, limit)).map(toHitView) }
          }
        ),
        remove: handler("http.documents.remove", function*({ params: { document_id } }) {
          const { userId } = yield* Caller
          const by = yield* byCaller
          const deletion = deleteDocument(userId, document_id, by).pipe(Effect.provideContext(services))
          yield* found(yield* deletion, document_id)
        })
      })
  })
)

const readPlace = fromCursor(Schema.FiniteFromString.check(Schema.isInt()))

const found = <A>(document: Option.Option<A>, id: DocumentId) =>
  orMissing(document, () => new NotFound({ code: "DOCUMENT_NOT_FOUND", detail: `There is no document ${id}.` }))

const notParsed = (id: DocumentId) =>
  new NotFound({ code: "DOCUMENT_NOT_FOUND", detail: `The document ${id} has not been parsed yet.` })

const toChunkView = ({ meta, sha, ...chunk }: StoredChunk): ChunkView => ({
  ...chunk,
  ...meta,
  page: meta.page ?? null,
  sha256: sha
})
