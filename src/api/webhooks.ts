/** Webhooks and their deliveries as the API shows them, with the payloads that change them. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { snakeKeys } from "../domain/snakeKeys.ts"
import { Delivery, DeliveryId, Subscription, SubscriptionId, WebhookEvent } from "../domain/Webhook.ts"
import { ConcurrencyLimit, RequiredRole } from "./annotations.ts"
import { cursor, limit } from "./fields.ts"
import { Idempotency } from "./Idempotency.ts"
import { PlainText } from "./PlainText.ts"
import { Conflict, NotFound, TooManyRequests } from "./Problem.ts"

/** The only answer that contains the secret; null if it repeats the answer to an earlier request. */
export const MadeSubscription = snakeKeys({ ...Subscription.to.fields, secret: Schema.NullOr(Schema.String) })

export const SubscriptionList = Schema.Struct({ webhooks: Schema.Array(Subscription) })

const url = PlainText.check(Schema.isMinLength(1), Schema.isMaxLength(2_000))
const events = Schema.Array(WebhookEvent).check(Schema.isMinLength(1), Schema.isUnique())

export const NewSubscription = Schema.Struct({
  url,
  /** Absent: all. */
  events: Schema.optionalKey(events)
})

/** Absent fields stay unchanged. `active: true` also re-enables a disabled webhook. */
const ChangedSubscription = Schema.Struct({
  url: Schema.optionalKey(url),
  events: Schema.optionalKey(events),
  active: Schema.optionalKey(Schema.Boolean)
})

/** Newest first; `next_cursor` is null on the last page. */
export const DeliveryPage = snakeKeys({
  deliveries: Schema.Array(Delivery),
  nextCursor: Schema.NullOr(Schema.String)
})

const subscription = { subscription_id: SubscriptionId }
const made = MadeSubscription.pipe(HttpApiSchema.status(201))
const queued = Delivery.pipe(HttpApiSchema.status(202))

/** A user's webhooks for the end of jobs. */
export class WebhooksGroup extends HttpApiGroup.make("subscriptions").annotate(
  OpenApi.Description,
  "Webhooks for the end of jobs, and their deliveries."
).add(
  HttpApiEndpoint.get("list", "/webhooks", { success: SubscriptionList }).annotate(OpenApi.Summary, "Your webhooks")
    .annotate(OpenApi.Description, "The addresses that are notified when your jobs end.")
    .annotate(RequiredRole, "viewer"),
  HttpApiEndpoint.post("create", "/webhooks", { payload: NewSubscription, success: made, error: Conflict }).annotate(
    OpenApi.Summary,
    "Create a webhook"
  ).annotate(OpenApi.Description, "The answer contains the secret that signs the deliveries. It is not shown again.")
    .annotate(
      RequiredRole,
      "user"
    ),
  HttpApiEndpoint.get("get", "/webhooks/:subscription_id", {
    params: subscription,
    success: Subscription,
    error: NotFound
  }).annotate(OpenApi.Summary, "A webhook").annotate(
    OpenApi.Description,
    "Its address and events, and whether it is active."
  ).annotate(RequiredRole, "viewer"),
  HttpApiEndpoint.patch("update", "/webhooks/:subscription_id", {
    params: subscription,
    payload: ChangedSubscription,
    success: Subscription,
    error: NotFound
  }).annotate(OpenApi.Summary, "Change a webhook").annotate(
    OpenApi.Description,
    "Another address or other events, or on and off. While it is off, nothing is delivered."
  ).annotate(RequiredRole, "user"),
  HttpApiEndpoint.delete("remove", "/webhooks/:subscription_id", {
    params: subscription,
    success: HttpApiSchema.NoContent,
    error: NotFound
  }).annotate(OpenApi.Summary, "Delete a webhook").annotate(
    OpenApi.Description,
    "Deliveries that are pending are dropped."
  ).annotate(RequiredRole, "user"),
  HttpApiEndpoint.post("rotate", "/webhooks/:subscription_id/rotate", {
    params: subscription,
    success: made,
    error: NotFound
  }).annotate(OpenApi.Summary, "Replace a webhook's secret").annotate(
    OpenApi.Description,
    "Returns the new secret. For 24 hours, deliveries are signed with both."
  ).annotate(RequiredRole, "user"),
  HttpApiEndpoint.post("test", "/webhooks/:subscription_id/test", {
    params: subscription,
    success: queued,
    error: [NotFound, Conflict, TooManyRequests]
  }).annotate(OpenApi.Summary, "Send a test event to a webhook").annotate(
    OpenApi.Description,
    "Queues a delivery of the event `webhook.test`."
  ).annotate(RequiredRole, "user"),
  HttpApiEndpoint.get("deliveries", "/webhooks/:subscription_id/deliveries", {
    params: subscription,
    query: { cursor, limit },
    success: DeliveryPage,
    error: NotFound
  }).annotate(OpenApi.Summary, "A webhook's deliveries, newest first").annotate(
    OpenApi.Description,
    "A page of what was sent, with the last answer to each and the time of the next attempt."
  ).annotate(RequiredRole, "viewer").annotate(
    ConcurrencyLimit,
    "list"
  ),
  HttpApiEndpoint.post("replay", "/deliveries/:delivery_id/replay", {
    params: { delivery_id: DeliveryId },
    success: queued,
    error: [NotFound, Conflict, TooManyRequests]
  }).annotate(OpenApi.Summary, "Send a delivery again").annotate(
    OpenApi.Description,
    "The same event, under the same id."
  ).annotate(RequiredRole, "user")
).middleware(Idempotency).prefix("/api/v1") {}
