/** Webhooks and their deliveries as the API shows them, and what it is told to make of them. */
import { Schema } from "effect"
import { Delivery, Subscription, WebhookEvent } from "../domain/Webhook.ts"
import { PlainText } from "./PlainText.ts"

const date = Schema.DateTimeUtcFromString

export const SubscriptionView = Schema.Struct({
  ...Subscription.fields,
  disabled_at: Schema.NullOr(date),
  failing_since: Schema.NullOr(date),
  created_at: date
})
export type SubscriptionView = typeof SubscriptionView.Type

/** The one answer that holds the secret; null where the answer to an earlier request is repeated. */
export const MadeSubscription = Schema.Struct({ ...SubscriptionView.fields, secret: Schema.NullOr(Schema.String) })

export const SubscriptionList = Schema.Struct({ webhooks: Schema.Array(SubscriptionView) })

const url = PlainText.check(Schema.isMinLength(1), Schema.isMaxLength(2_000))
const events = Schema.Array(WebhookEvent).check(Schema.isMinLength(1), Schema.isUnique())

export const NewSubscription = Schema.Struct({
  url,
  /** Absent: all. */
  events: Schema.optionalKey(events)
})

/** What is absent stays. `active: true` also ends a disablement. */
export const ChangedSubscription = Schema.Struct({
  url: Schema.optionalKey(url),
  events: Schema.optionalKey(events),
  active: Schema.optionalKey(Schema.Boolean)
})

export const DeliveryView = Schema.Struct({
  ...Delivery.fields,
  run_at: Schema.NullOr(date),
  created_at: date
})
export type DeliveryView = typeof DeliveryView.Type

/** Newest first; `next_cursor` is null on the last page. */
export const DeliveryPage = Schema.Struct({
  deliveries: Schema.Array(DeliveryView),
  next_cursor: Schema.NullOr(Schema.String)
})
