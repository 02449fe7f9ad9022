/** Outgoing webhooks: subscriptions, and deliveries with their outcomes. */
import { Schema } from "effect"
import { AnyCase, JobId, UserId } from "./Ids.ts"
import { nullFirst } from "./nullFirst.ts"
import { snakeKeys } from "./snakeKeys.ts"

export const SubscriptionId = AnyCase.pipe(Schema.brand("SubscriptionId"))
export type SubscriptionId = typeof SubscriptionId.Type

export const DeliveryId = AnyCase.pipe(Schema.brand("DeliveryId"))
export type DeliveryId = typeof DeliveryId.Type

/** Events that can be subscribed to: a job has completed or failed. */
export const WebhookEvent = Schema.Literals(["job.complete", "job.failed"])
export type WebhookEvent = typeof WebhookEvent.Type

export const Subscription = snakeKeys({
  subscriptionId: SubscriptionId,
  userId: UserId,
  url: Schema.String,
  events: Schema.Array(WebhookEvent),
  active: Schema.Boolean,
  /** Why it was disabled, unless its owner did so. */
  disabledReason: Schema.NullOr(Schema.String),
  disabledAt: nullFirst(Schema.DateTimeUtcFromDate),
  /** The first failure since the last success. */
  failingSince: nullFirst(Schema.DateTimeUtcFromDate),
  createdAt: Schema.DateTimeUtcFromDate
})
export type Subscription = typeof Subscription.Type

const DeliveryStatus = Schema.Literals(["pending", "delivered", "dead"])
type DeliveryStatus = typeof DeliveryStatus.Type

export const Delivery = snakeKeys({
  /** Also the header `webhook-id`, the same for every attempt. */
  deliveryId: DeliveryId,
  subscriptionId: SubscriptionId,
  jobId: Schema.NullOr(JobId),
  event: Schema.Literals([...WebhookEvent.literals, "webhook.test"]),
  status: DeliveryStatus,
  /** Attempts so far. */
  attempt: Schema.Int,
  /** The next attempt; null when there is none. */
  runAt: nullFirst(Schema.DateTimeUtcFromDate),
  /** The HTTP status of the last attempt; null if there was no answer. */
  lastStatus: Schema.NullOr(Schema.Int),
  lastError: Schema.NullOr(Schema.String),
  createdAt: Schema.DateTimeUtcFromDate
})
export type Delivery = typeof Delivery.Type
