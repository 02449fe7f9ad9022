/** The HTTP API's contract: every route with what it takes, answers and refuses. No code, so that clients can be made from it. */
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiMiddleware, HttpApiSchema, OpenApi } from "effect/http-api"
import { ErrorCode } from "../domain/ErrorCode.ts"
import { Explanation } from "../domain/explain.ts"
import { DocumentId, JobId } from "../domain/Ids.ts"
import { JobStatus } from "../domain/JobStatus.ts"
import { KeyId } from "../domain/Principal.ts"
import { Receipt } from "../domain/Receipt.ts"
import { DeliveryId, SubscriptionId } from "../domain/Webhook.ts"
import { Access } from "./Access.ts"
import { AuditCheck, AuditPage, KeyList, KeyView, MadeKey, NewKey, Rotation } from "./AccessView.ts"
import { describeHeaders } from "./describeHeaders.ts"
import { ChunkPage, DocumentView, SearchRequest, SearchResult } from "./DocumentView.ts"
import { Idempotency } from "./Idempotency.ts"
import { Accepted, Duplicate, JobEventLine, JobPage, JobView } from "./JobView.ts"
import { AlertsGroup, BudgetsGroup, ProvidersGroup, StorageGroup } from "./OperationsApi.ts"
import { PlainText } from "./PlainText.ts"
import {
  BadRequest,
  Conflict,
  Internal,
  NotFound,
  OverBudget,
  OverQuota,
  TooLarge,
  TooManyRequests,
  Unauthorized,
  Unavailable,
  Unprocessable,
  UnsupportedMedia
} from "./Problem.ts"
import { QuotesGroup } from "./QuoteApi.ts"
import { Alive, NotReady, Ready } from "./Readiness.ts"
import { UploadContentGroup, UploadForm, UploadsGroup } from "./UploadApi.ts"
import {
  ChangedSubscription,
  DeliveryPage,
  DeliveryView,
  MadeSubscription,
  NewSubscription,
  SubscriptionList,
  SubscriptionView
} from "./WebhookView.ts"

/** Gives every route its correlation id and its problems: undecodable requests, services that are out, defects. */
export class Problems extends HttpApiMiddleware.Service<Problems>()("accessa/http/Problems", {
  error: [BadRequest, Unprocessable, Unavailable, Internal]
}) {}

const limit = Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 200 })))
const cursor = Schema.optionalKey(Schema.String)

export class DocumentsGroup extends HttpApiGroup.make("documents").add(
  HttpApiEndpoint.post("upload", "/", {
    payload: UploadForm.pipe(HttpApiSchema.asMultipartStream()),
    success: [Accepted, Duplicate],
    error: [Conflict, TooLarge, OverQuota, UnsupportedMedia]
  }),
  HttpApiEndpoint.get("get", "/:document_id", {
    params: { document_id: DocumentId },
    success: DocumentView,
    error: NotFound
  }),
  HttpApiEndpoint.get("chunks", "/:document_id/chunks", {
    params: { document_id: DocumentId },
    query: { cursor, limit },
    success: ChunkPage,
    error: NotFound
  }),
  HttpApiEndpoint.delete("remove", "/:document_id", {
    params: { document_id: DocumentId },
    success: HttpApiSchema.NoContent,
    error: NotFound
  })
).middleware(Idempotency).middleware(Access).prefix("/api/v1/documents") {}

/** An operator may add the query `user_id` and the header `X-Reason` to any of these, and asks for that user then. */
const job = { job_id: JobId }
/** Why; the audit log keeps it. */
const reason = { "x-reason": Schema.optionalKey(Schema.String) }

export class JobsGroup extends HttpApiGroup.make("jobs").add(
  HttpApiEndpoint.get("list", "/", {
    query: {
      /** May be given more than once. */
      status: Schema.optionalKey(Schema.Array(JobStatus)),
      document_id: Schema.optionalKey(DocumentId),
      error_code: Schema.optionalKey(ErrorCode),
      /** Part of the file name, case-insensitive. */
      filename: Schema.optionalKey(PlainText),
      cursor,
      limit
    },
    success: JobPage
  }),
  HttpApiEndpoint.get("get", "/:job_id", {
    params: job,
    query: {
      /** Answer only when the job has ended, or after this many seconds. */
      wait: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 60 })))
    },
    success: JobView,
    error: NotFound
  }),
  HttpApiEndpoint.get("events", "/:job_id/events", {
    params: job,
    headers: {
      /** The number of the last event that was seen; the stream goes on after it. */
      "last-event-id": Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)))
    },
    success: HttpApiSchema.StreamSse({ events: JobEventLine }),
    error: NotFound
  }),
  HttpApiEndpoint.get("explain", "/:job_id/explain", { params: job, success: Explanation, error: NotFound }),
  HttpApiEndpoint.get("receipt", "/:job_id/receipt", { params: job, success: Receipt, error: NotFound }),
  HttpApiEndpoint.post("retry", "/:job_id/retry", { params: job, success: JobView, error: [NotFound, Conflict] }),
  HttpApiEndpoint.post("cancel", "/:job_id/cancel", { params: job, success: JobView, error: [NotFound, Conflict] })
).middleware(Idempotency).middleware(Access).prefix("/api/v1/jobs") {}

/** Without an Idempotency-Key: it changes nothing, and its answers are documents' text, which nobody else keeps. */
export class SearchGroup extends HttpApiGroup.make("search").add(
  HttpApiEndpoint.post("search", "/api/v1/search", { payload: SearchRequest, success: SearchResult, error: OverBudget })
).middleware(Access) {}

export class KeysGroup extends HttpApiGroup.make("keys").add(
  HttpApiEndpoint.post("create", "/", {
    payload: NewKey,
    headers: reason,
    success: MadeKey.pipe(HttpApiSchema.status(201))
  }),
  HttpApiEndpoint.get("list", "/", { success: KeyList }),
  HttpApiEndpoint.post("rotate", "/:key_id/rotate", {
    params: { key_id: KeyId },
    payload: Rotation,
    headers: reason,
    success: MadeKey.pipe(HttpApiSchema.status(201)),
    error: NotFound
  }),
  HttpApiEndpoint.post("revoke", "/:key_id/revoke", {
    params: { key_id: KeyId },
    headers: reason,
    success: KeyView,
    error: NotFound
  })
).middleware(Idempotency).middleware(Access).prefix("/api/v1/keys") {}

export class AuditGroup extends HttpApiGroup.make("audit").add(
  HttpApiEndpoint.get("list", "/api/v1/audit", { query: { cursor, limit }, success: AuditPage }),
  /** Computes every entry's hash again, for ten seconds at most; the cursor goes on. */
  HttpApiEndpoint.get("check", "/api/v1/audit/check", { query: { cursor }, success: AuditCheck })
).middleware(Access) {}

const subscription = { subscription_id: SubscriptionId }
const made = MadeSubscription.pipe(HttpApiSchema.status(201))
const queued = DeliveryView.pipe(HttpApiSchema.status(202))

/** Where a user wants to be told that jobs have ended. */
export class SubscriptionsGroup extends HttpApiGroup.make("subscriptions").add(
  HttpApiEndpoint.get("list", "/webhooks", { success: SubscriptionList }),
  HttpApiEndpoint.post("create", "/webhooks", { payload: NewSubscription, success: made, error: Conflict }),
  HttpApiEndpoint.get("get", "/webhooks/:subscription_id", {
    params: subscription,
    success: SubscriptionView,
    error: NotFound
  }),
  HttpApiEndpoint.patch("update", "/webhooks/:subscription_id", {
    params: subscription,
    payload: ChangedSubscription,
    success: SubscriptionView,
    error: NotFound
  }),
  HttpApiEndpoint.delete("remove", "/webhooks/:subscription_id", {
    params: subscription,
    success: HttpApiSchema.NoContent,
    error: NotFound
  }),
  HttpApiEndpoint.post("rotate", "/webhooks/:subscription_id/rotate", {
    params: subscription,
    success: made,
    error: NotFound
  }),
  HttpApiEndpoint.post("test", "/webhooks/:subscription_id/test", {
    params: subscription,
    success: queued,
    error: [NotFound, Conflict, TooManyRequests]
  }),
  HttpApiEndpoint.get("deliveries", "/webhooks/:subscription_id/deliveries", {
    params: subscription,
    query: { cursor, limit },
    success: DeliveryPage,
    error: NotFound
  }),
  HttpApiEndpoint.post("replay", "/deliveries/:delivery_id/replay", {
    params: { delivery_id: DeliveryId },
    success: queued,
    error: [NotFound, Conflict, TooManyRequests]
  })
).middleware(Idempotency).middleware(Access).prefix("/api/v1") {}

/** What the parser calls. */
export class WebhooksGroup extends HttpApiGroup.make("webhooks").add(
  HttpApiEndpoint.post("llamaparse", "/webhooks/llamaparse/:job_id", {
    params: { job_id: Schema.String },
    /** Ours: the address was given to the parser by us. */
    query: { sig: Schema.optionalKey(Schema.String) },
    payload: Schema.Uint8Array.pipe(HttpApiSchema.asUint8Array({ contentType: "application/json" })),
    success: Schema.Struct({ status: Schema.Literals(["recorded", "duplicate"]) }),
    error: [Unauthorized, NotFound, TooLarge, UnsupportedMedia]
  })
) {}

export class HealthGroup extends HttpApiGroup.make("health").add(
  HttpApiEndpoint.get("alive", "/health", { success: Alive }),
  HttpApiEndpoint.get("ready", "/health/ready", { success: Ready, error: NotReady })
) {}

export class Api extends HttpApi.make("accessa")
  .add(DocumentsGroup)
  .add(UploadsGroup)
  .add(UploadContentGroup)
  .add(JobsGroup)
  .add(SearchGroup)
  .add(KeysGroup)
  .add(AuditGroup)
  .add(ProvidersGroup)
  .add(AlertsGroup)
  .add(StorageGroup)
  .add(BudgetsGroup)
  .add(QuotesGroup)
  .add(SubscriptionsGroup)
  .add(WebhooksGroup)
  .add(HealthGroup)
  .middleware(Problems)
  .annotateMerge(OpenApi.annotations({
    title: "Accessa Ingestion",
    version: "1.0.0",
    transform: describeHeaders,
    description:
      "Turns uploaded documents into verified text chunks and embedding vectors in Postgres, and proves it did."
  }))
{}
