/** Outgoing webhooks: subscriptions, and deliveries with their outcomes. */
import { Schema } from "effect"
import { JobId, UserId } from "./Ids.ts"

export const SubscriptionId = Schema.String.check(Schema.isUUID()).pipe(Schema.brand("SubscriptionId"))
export type SubscriptionId = typeof SubscriptionId.Type

export const DeliveryId = Schema.String.check(Schema.isUUID()).pipe(Schema.brand("DeliveryId"))
export type DeliveryId = typeof DeliveryId.Type

/** Events that can be subscribed to: a job has completed or failed. */
export const WebhookEvent = Schema.Literals(["job.complete", "job.failed"])
export type WebhookEvent = typeof WebhookEvent.Type

export const Subscription = Schema.Struct({
  subscription_id: SubscriptionId,
  user_id: UserId,
  url: Schema.String,
  events: Schema.Array(WebhookEvent),
  active: Schema.Boolean,
  /** Why it was disabled, unless its owner did so. */
  disabled_reason: Schema.NullOr(Schema.String),
  disabled_at: Schema.NullOr(Schema.DateTimeUtc),
  /** The first failure since the last success. */
  failing_since: Schema.NullOr(Schema.DateTimeUtc),
  created_at: Schema.DateTimeUtc
})
export type Subscription = typeof Subscription.Type

export const DeliveryStatus = Schema.Literals(["pending", "delivered", "dead"])
export type DeliveryStatus = typeof DeliveryStatus.Type

export const Delivery = Schema.Struct({
  /** Also the header `webhook-id`, the same for every attempt. */
  delivery_id: DeliveryId,
  subscription_id: SubscriptionId,
  job_id: Schema.NullOr(JobId),
  event: Schema.Literals([...WebhookEvent.literals, "webhook.test"]),
  status: DeliveryStatus,
  /** Attempts so far. */
  attempt: Schema.Int,
  /** The next attempt; null when there is none. */
  run_at: Schema.NullOr(Schema.DateTimeUtc),
  /** The HTTP status of the last attempt; null if there was no answer. */
  last_status: Schema.NullOr(Schema.Int),
  last_error: Schema.NullOr(Schema.String),
  created_at: Schema.DateTimeUtc
})
export type Delivery = typeof Delivery.Type
