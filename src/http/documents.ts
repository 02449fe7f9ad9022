/** Documents: taken in, shown with their chunks, and deleted with everything made of them. */
import { Effect, Option, Schema } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Chunks, type StoredChunk } from "../../services/Chunks.ts"
import { type Document, Documents } from "../../services/Documents.ts"
import type { Embedder } from "../../services/Embedder.ts"
import type { Ids } from "../../services/Ids.ts"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { Caller } from "../api/Access.ts"
import { Api } from "../api/Api.ts"
import { Correlation } from "../api/Correlation.ts"
import type { ChunkView, DocumentView } from "../api/DocumentView.ts"
import { NotFound } from "../api/Problem.ts"
import type { DocumentId } from "../domain/Ids.ts"
import { acceptUpload } from "../intake/acceptUpload.ts"
import { stageProblem } from "./middleware/stageProblem.ts"
import { byCaller } from "./server/byCaller.ts"
import { fromCursor, toCursor } from "./server/cursor.ts"
import type { HttpOptions } from "./server/HttpOptions.ts"
import { toJobView } from "./toJobView.ts"
import { uploadAnswer } from "./uploadAnswer.ts"

export const DocumentsLive = HttpApiBuilder.group(
  Api,
  "documents",
  Effect.fnUntraced(function*(handlers) {
    const documents = yield* Documents
    const chunks = yield* Chunks
    const storage = yield* ObjectStorage
    const removeObjects = (paths: ReadonlyArray<string>) =>
      storage.remove(...paths).pipe(
        Effect.catch((error) => Effect.logWarning("The objects of a deleted document are left to a worker", error))
      )
    const services = yield* Effect.context<Documents | Embedder | HttpOptions | Ids | ObjectStorage>()

    return handlers
      .handleRaw("upload", ({ request }) =>
        acceptUpload(request).pipe(
          Effect.flatMap(uploadAnswer),
          Effect.provideContext(services),
          stageProblem
        ))
      .handle("get", ({ params }) =>
        Caller.pipe(
          Effect.flatMap(({ userId }) => documents.find(userId, params.document_id)),
          Effect.flatMap(Option.match({ onNone: () => missing(params.document_id), onSome: Effect.succeed })),
          Effect.map(toDocumentView),
          stageProblem
        ))
      .handle(
        "chunks",
        Effect.fn("http.chunks")(function*({ params, query }) {
          const { userId } = yield* Caller
          const after = (yield* readPlace(query.cursor)) ?? -1
          const limit = query.limit ?? 50
          // One more than asked for tells whether there is a next page.
          const found = yield* chunks.page(userId, params.document_id, after, limit + 1)
          if (Option.isNone(found)) return yield* missing(params.document_id)
          const page = found.value.slice(0, limit)
          const last = page.at(-1)
          return {
            chunks: page.map(toChunkView),
            next_cursor: last !== undefined && found.value.length > limit ? toCursor(last.ordinal) : null
          }
        }, stageProblem)
      )
      .handle(
        "remove",
        Effect.fn("http.remove")(function*({ params }) {
          const { userId } = yield* Caller
          const by = yield* byCaller
          // Once the rows are gone it is written down what is to follow them: a worker does what cannot be done here and now.
          const deletion = documents.remove(userId, params.document_id, by).pipe(
            Effect.tap(Option.match({ onNone: () => Effect.void, onSome: removeObjects }))
          )
          const found = yield* Effect.uninterruptible(deletion)
          if (Option.isNone(found)) return yield* missing(params.document_id)
        }, stageProblem)
      )
  })
)

const readPlace = fromCursor(Schema.FiniteFromString.check(Schema.isInt()))

const missing = Effect.fnUntraced(function*(id: DocumentId) {
  const correlation_id = yield* Correlation
  return yield* new NotFound({ code: "DOCUMENT_NOT_FOUND", detail: `There is no document ${id}.`, correlation_id })
})

const toDocumentView = (document: Document): DocumentView => ({
  document_id: document.documentId,
  filename: document.filename,
  media_type: document.mediaType,
  bytes: document.bytes,
  sha256: document.sha256,
  metadata: document.metadata,
  created_at: document.createdAt,
  job: toJobView(document.job)
})

const toChunkView = ({ chunkId, embedded, meta, ordinal, sha, text }: StoredChunk): ChunkView => ({
  chunk_id: chunkId,
  ordinal,
  text,
  headings: meta.headings,
  page: meta.page ?? null,
  sha256: sha,
  start: meta.start,
  end: meta.end,
  embedded
})
