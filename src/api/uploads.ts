/**
 * The part of the API's contract for uploads. A direct upload is announced, sent to the address in the answer, and
 * completed with its hash.
 */
import { Schema } from "effect"
import { Multipart } from "effect/http"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { DocumentId } from "../domain/Ids.ts"
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
  Unauthenticated,
  Unauthorized,
  UnsupportedMedia
} from "./Problem.ts"

const urgency = {
  priority: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: -100, maximum: 100 })).annotate({
      description: "Among the user's own jobs, higher is sooner; 0 if absent."
    })
  ),
  force: Schema.optionalKey(
    Schema.Boolean.annotate({ description: "Process it even if the same bytes were processed before." })
  )
}

/** The parts of an upload, in any order. */
export const UploadForm = Schema.Struct({
  file: Multipart.SingleFileSchema,
  document_id: Schema.optionalKey(
    DocumentId.pipe(Schema.annotateEncoded({ description: "An unused UUID; generated if absent." }))
  ),
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
  bytes: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)).annotate({
    description:
      "The size of the file. An upload of another length is refused: a longer one always, a shorter one at the service's own address."
  }),
  /** If already known. */
  sha256: Schema.optionalKey(Sha256),
  media_type: Schema.optionalKey(
    Schema.String.check(Schema.isPattern(/^[\w.+-]{1,100}\/[\w.+-]{1,100}$/)).annotate({
      description: "The content type of the upload. The file's real type is detected from its bytes."
    })
  ),
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
  /** The API's address or the object storage's own. It needs no credential: its holder may send the bytes. */
  upload_url: Schema.String.annotate({ examples: [examples.url] }),
  method: Schema.Literal("PUT"),
  /** Headers to send with the bytes. */
  headers: Schema.Record(Schema.String, Schema.String).annotate({ examples: [{ "content-type": "application/pdf" }] }),
  /** When the transfer must have started. */
  expires_at: Schema.DateTimeUtcFromString,
  /** When the upload must be completed. */
  complete_by: Schema.DateTimeUtcFromString,
  links: Schema.Struct({ complete: Schema.String })
})
export type UploadView = typeof UploadView.Type

const document = { document_id: DocumentId }

export class UploadsGroup extends HttpApiGroup.make("uploads").annotate(
  OpenApi.Description,
  "Uploads through a signed address, announced and completed."
).add(
  HttpApiEndpoint.post("create", "/", {
    payload: UploadRequest,
    success: UploadView.pipe(HttpApiSchema.status(201)),
    error: [TooLarge, TooManyRequests, OverQuota, UnsupportedMedia]
  }).annotate(RequiredRole, "user").annotate(RateLimit, "upload").annotate(OpenApi.Summary, "Announce a file")
    .annotate(
      OpenApi.Description,
      "Returns an address that accepts the file by PUT for five minutes. Nothing is processed until the upload "
        + "is completed; an upload that is not completed is removed within the hour."
    ),
  HttpApiEndpoint.post("complete", "/:document_id/complete", {
    params: document,
    payload: Schema.Struct({ sha256: Sha256 }),
    success: [Accepted, Duplicate],
    error: [NotFound, Conflict, Gone, TooLarge, OverQuota, Unauthenticated, UnsupportedMedia]
  }).annotate(RequiredRole, "user").annotate(ConcurrencyLimit, "upload").annotate(
    OpenApi.Summary,
    "Complete an upload"
  ).annotate(
    OpenApi.Description,
    "Reads the file back, compares its hash, and accepts it like `POST /api/v1/documents`. Completing it again "
      + "returns the same job. A refused file is removed and needs a new upload."
  )
).middleware(Idempotency).prefix("/api/v1/uploads") {}

/** Open to anyone with the signed address. */
export class UploadContentGroup
  extends HttpApiGroup.make("uploadContent").annotate(OpenApi.Description, "The signed address of an announced upload.")
    .add(
      HttpApiEndpoint.put("put", "/api/v1/uploads/:document_id/content", {
        params: { document_id: Schema.String },
        /** Signed by the API, which gave the address to the caller. */
        query: {
          user: Schema.optionalKey(Schema.String),
          expires: Schema.optionalKey(Schema.String),
          bytes: Schema.optionalKey(Schema.String),
          sig: Schema.optionalKey(Schema.String)
        },
        payload: Schema.Uint8Array.pipe(HttpApiSchema.asUint8Array({ contentType: "application/octet-stream" })),
        success: Schema.Struct({ bytes: Schema.Int, sha256: Schema.String }),
        error: [Unauthorized, NotFound, Conflict, Gone, TooLarge, TooManyRequests, Overloaded]
      }).annotate(RequiredRole, "open").annotate(OpenApi.Summary, "Send the file of an announced upload").annotate(
        OpenApi.Description,
        "The address that `POST /api/v1/uploads` returns if this service stores the files itself. Any content type "
          + "is accepted."
      )
    )
{}
