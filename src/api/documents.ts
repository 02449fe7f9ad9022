/** Documents: uploaded, shown with their chunks, and deleted. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { ChunkId, DocumentId, JobId } from "../domain/Ids.ts"
import { JobStatus } from "../domain/JobStatus.ts"
import { snakeKeys } from "../domain/snakeKeys.ts"
import { ConcurrencyLimit, RateLimit, RequiredRole } from "./annotations.ts"
import { cursor, limit, Metadata, passage } from "./fields.ts"
import { Idempotency } from "./Idempotency.ts"
import { Accepted, Duplicate, JobView } from "./jobs.ts"
import { Conflict, NotFound, OverQuota, TooLarge, Unauthenticated, UnsupportedMedia } from "./Problem.ts"
import { SearchResult } from "./search.ts"
import { UploadForm } from "./uploads.ts"

const AttachmentView = snakeKeys({
  documentId: DocumentId,
  jobId: JobId,
  filename: Schema.String,
  status: JobStatus
})

export const DocumentView = snakeKeys({
  documentId: DocumentId,
  filename: Schema.String,
  mediaType: Schema.String,
  bytes: Schema.Int,
  sha256: Schema.String,
  metadata: Metadata,
  createdAt: Schema.DateTimeUtcFromString,
  /** Files attached to a mail, each a document of its own, in their order in the mail. */
  attachments: Schema.Array(AttachmentView),
  job: JobView
})
export type DocumentView = typeof DocumentView.Type

export const ChunkView = snakeKeys({
  ...passage,
  sha256: Schema.String,
  /** Offsets into the stored Markdown, in UTF-16 code units; `end` is exclusive. */
  start: Schema.Int,
  end: Schema.Int,
  embedded: Schema.Boolean
})
export type ChunkView = typeof ChunkView.Type

/** In the document's order; `next_cursor` is null on the last page. */
export const ChunkPage = snakeKeys({
  chunks: Schema.Array(ChunkView),
  nextCursor: Schema.NullOr(Schema.String)
})
export type ChunkPage = typeof ChunkPage.Type

export class DocumentsGroup
  extends HttpApiGroup.make("documents").annotate(OpenApi.Description, "Documents: upload, read, delete.").add(
    HttpApiEndpoint.post("upload", "/", {
      payload: UploadForm.pipe(HttpApiSchema.asMultipartStream()),
      success: [Accepted, Duplicate],
      error: [Conflict, TooLarge, OverQuota, Unauthenticated, UnsupportedMedia]
    }).annotate(OpenApi.Summary, "Upload a document").annotate(
      OpenApi.Description,
      "Stores the file, and queues the job that parses, chunks and embeds it. A file that was uploaded before returns its existing document, "
        + "with the name and the metadata of then, unless `force` is set."
    ).annotate(RequiredRole, "user").annotate(RateLimit, "upload")
      .annotate(ConcurrencyLimit, "upload"),
    HttpApiEndpoint.get("get", "/:document_id", {
      params: { document_id: DocumentId },
      success: DocumentView,
      error: NotFound
    }).annotate(OpenApi.Summary, "A document with its job").annotate(
      OpenApi.Description,
      "The file's details and its job's progress."
    ).annotate(RequiredRole, "viewer"),
    HttpApiEndpoint.get("chunks", "/:document_id/chunks", {
      params: { document_id: DocumentId },
      query: { cursor, limit },
      success: ChunkPage,
      error: NotFound
    }).annotate(OpenApi.Summary, "A document's chunks, in order").annotate(
      OpenApi.Description,
      "A page of the chunks, each with its place in the text."
    ).annotate(RequiredRole, "viewer").annotate(
      ConcurrencyLimit,
      "list"
    ),
    HttpApiEndpoint.get("text", "/:document_id/text", {
      params: { document_id: DocumentId },
      success: Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/markdown; charset=utf-8" })),
      error: NotFound
    }).annotate(RequiredRole, "viewer").annotate(ConcurrencyLimit, "list").annotate(
      OpenApi.Summary,
      "The parsed Markdown, which the chunks' offsets refer to"
    ).annotate(OpenApi.Description, "The text as the parser returned it, in full."),
    HttpApiEndpoint.get("nearest", "/:document_id/chunks/:chunk_id/nearest", {
      params: { document_id: DocumentId, chunk_id: ChunkId },
      query: { limit },
      success: SearchResult,
      error: NotFound
    }).annotate(RequiredRole, "viewer").annotate(ConcurrencyLimit, "search").annotate(RateLimit, "search").annotate(
      OpenApi.Summary,
      "The chunks nearest to a stored one, by their vectors, without a paid call"
    ).annotate(OpenApi.Description, "Compares a stored chunk with the other chunks of the same user."),
    HttpApiEndpoint.delete("remove", "/:document_id", {
      params: { document_id: DocumentId },
      success: HttpApiSchema.NoContent,
      error: NotFound
    }).annotate(OpenApi.Summary, "Delete a document, its attachments, and everything derived from them").annotate(
      OpenApi.Description,
      "Removes file, text, chunks and vectors, even while the job is running. It cannot be undone."
    ).annotate(RequiredRole, "user")
  ).middleware(Idempotency).prefix("/api/v1/documents")
{}
