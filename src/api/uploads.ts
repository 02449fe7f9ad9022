/**
 * The part of the API's contract for what comes in. Files that go straight to the storage are announced, sent to the address that
 * is answered, and completed with their hash.
 */
import { Schema } from "effect"
import { Multipart } from "effect/http"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { DocumentId } from "../domain/Ids.ts"
import { Access } from "./Access.ts"
import { ConcurrencyLimit, RateLimit, RequiredRole } from "./annotations.ts"
import { Metadata } from "./fields.ts"
import { Idempotency } from "./Idempotency.ts"
import { Accepted, Duplicate } from "./jobs.ts"
import { PlainText } from "./PlainText.ts"
import {
  Conflict,
  Gone,
  NotFound,
  Overloaded,
  OverQuota,
  TooLarge,
  TooManyRequests,
  Unauthorized,
  UnsupportedMedia
} from "./Problem.ts"

const urgency = {
  /** Higher is sooner; 0 if absent. */
  priority: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: -100, maximum: 100 }))),
  /** Process it although the same bytes were processed before. */
  force: Schema.optionalKey(Schema.Boolean)
}

/** The parts of an upload, in any order. */
export const UploadForm = Schema.Struct({
  file: Multipart.SingleFileSchema,
  /** A UUID that no document has; made if absent. */
  document_id: Schema.optionalKey(DocumentId),
  /** A JSON object of strings. */
  metadata: Schema.optionalKey(Schema.fromJsonString(Metadata)),
  ...urgency
})

const Sha256 = Schema.String.check(Schema.isPattern(/^[0-9a-fA-F]{64}$/)).annotate({
  description: "The sha256 of the file's bytes, in hex.",
  examples: ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]
})

export const UploadRequest = Schema.Struct({
  filename: PlainText.check(Schema.isMinLength(1), Schema.isMaxLength(4_096)),
  /** Of the file; no more are taken. */
  bytes: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  /** If it is known already. */
  sha256: Schema.optionalKey(Sha256),
  /** What the bytes are sent as. What they are is told by themselves. */
  media_type: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^[\w.+-]{1,100}\/[\w.+-]{1,100}$/))),
  metadata: Schema.optionalKey(Metadata),
  ...urgency
}).annotate({
  examples: [{ filename: "policy.pdf", bytes: 48_213, media_type: "application/pdf", metadata: { policy: "home" } }]
})
export type UploadRequest = typeof UploadRequest.Type

const examples = {
  document_id: DocumentId.make("0b2f8c1e-6c1d-4a53-9d3e-0d2a6f1c7b45"),
  url: "https://api.example.com/api/v1/uploads/0b2f8c1e-6c1d-4a53-9d3e-0d2a6f1c7b45/content"
    + "?user=00000000-0000-4000-8000-000000000001&expires=1795485900&bytes=48213&sig=…"
}

export const UploadView = Schema.Struct({
  document_id: DocumentId.annotate({ examples: [examples.document_id] }),
  /** Ours, or the object storage's own. It takes no credential: whoever has it may send the bytes. */
  upload_url: Schema.String.annotate({ examples: [examples.url] }),
  method: Schema.Literal("PUT"),
  /** Headers to send with the bytes. */
  headers: Schema.Record(Schema.String, Schema.String).annotate({ examples: [{ "content-type": "application/pdf" }] }),
  /** When the bytes must have begun to come. */
  expires_at: Schema.DateTimeUtcFromString,
  /** When the upload must be completed. */
  complete_by: Schema.DateTimeUtcFromString,
  links: Schema.Struct({ complete: Schema.String })
})
export type UploadView = typeof UploadView.Type

const document = { document_id: DocumentId }

export class UploadsGroup extends HttpApiGroup.make("uploads").add(
  HttpApiEndpoint.post("create", "/", {
    payload: UploadRequest,
    success: UploadView.pipe(HttpApiSchema.status(201)),
    error: [TooLarge, TooManyRequests, OverQuota]
  }).annotate(RequiredRole, "user").annotate(RateLimit, "upload").annotate(OpenApi.Summary, "Announce a file").annotate(
    OpenApi.Description,
    "Answers an address that takes the file by PUT for five minutes. Nothing is processed until the upload is completed; what "
      + "nobody completes is gone within the hour."
  ),
  HttpApiEndpoint.post("complete", "/:document_id/complete", {
    params: document,
    payload: Schema.Struct({ sha256: Sha256 }),
    success: [Accepted, Duplicate],
    error: [NotFound, Conflict, Gone, TooLarge, OverQuota, UnsupportedMedia]
  }).annotate(RequiredRole, "user").annotate(ConcurrencyLimit, "upload").annotate(
    OpenApi.Summary,
    "Confirm a file that was sent"
  ).annotate(
    OpenApi.Description,
    "Reads the file back, compares its hash, and takes it in as `POST /api/v1/documents` does. Completed again it answers with "
      + "the same job. If the file is refused it is removed, and a new upload has to be made."
  )
).middleware(Idempotency).middleware(Access).prefix("/api/v1/uploads") {}

/** Open to whoever has the signed address. */
export class UploadContentGroup extends HttpApiGroup.make("uploadContent").add(
  HttpApiEndpoint.put("put", "/api/v1/uploads/:document_id/content", {
    params: { document_id: Schema.String },
    /** Ours: the address was given to the caller by us. */
    query: {
      user: Schema.optionalKey(Schema.String),
      expires: Schema.optionalKey(Schema.String),
      bytes: Schema.optionalKey(Schema.String),
      sig: Schema.optionalKey(Schema.String)
    },
    payload: Schema.Uint8Array.pipe(HttpApiSchema.asUint8Array({ contentType: "application/octet-stream" })),
    success: Schema.Struct({ bytes: Schema.Int, sha256: Schema.String }),
    error: [Unauthorized, NotFound, Conflict, Gone, TooLarge, TooManyRequests, Overloaded]
  }).annotate(RequiredRole, "open").annotate(OpenApi.Summary, "Send an announced file").annotate(
    OpenApi.Description,
    "The address that `POST /api/v1/uploads` answers where files are kept by this service itself. Any content type is taken."
  )
) {}
