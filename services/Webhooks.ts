/** A user's webhooks and their delivery log. Another user's webhook is not found. */
import { Context, type Effect, type Option, type Redacted, Schema } from "effect"
import type { UserId } from "../src/domain/Ids.ts"
import { PagePlace } from "../src/domain/PagePlace.ts"
import type { By } from "../src/domain/Principal.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"
import type { Delivery, DeliveryId, Subscription, SubscriptionId, WebhookEvent } from "../src/domain/Webhook.ts"

/** The only time a secret is shown. */
export interface WithSecret {
  readonly subscription: Subscription
  readonly secret: Redacted.Redacted
}

export interface SubscriptionChange {
  readonly url?: string
  readonly events?: ReadonlyArray<WebhookEvent>
  /** True also re-enables a disabled webhook. False drops pending deliveries. */
  readonly active?: boolean
}

export const DeliveryPlace = PagePlace.pipe(Schema.brand("DeliveryPlace"))
export type DeliveryPlace = typeof DeliveryPlace.Type

export interface DeliveryPage {
  /** The end of the previous page; newest first. */
  readonly after?: DeliveryPlace
  readonly limit: number
}

export interface DeliveryList {
  readonly deliveries: ReadonlyArray<Delivery>
  /** Where the next page begins; none on the last page. */
  readonly next: Option.Option<DeliveryPlace>
}

export type Queueing =
  | { readonly _tag: "Queued"; readonly delivery: Delivery }
  /** The webhook is not active. */
  | { readonly _tag: "Inactive" }
  /** The webhook has as many waiting deliveries as allowed. */
  | { readonly _tag: "Full" }

export class Webhooks extends Context.Service<Webhooks, {
  /** Newest first. */
  readonly list: (user: UserId) => Effect.Effect<ReadonlyArray<Subscription>, ServiceError>
  readonly find: (user: UserId, id: SubscriptionId) => Effect.Effect<Option.Option<Subscription>, ServiceError>
  /** None if the user has as many webhooks as allowed. */
  readonly create: (
    user: UserId,
    subscription: { readonly url: string; readonly events: ReadonlyArray<WebhookEvent>; readonly atMost: number },
    by: By
  ) => Effect.Effect<Option.Option<WithSecret>, ServiceError>
  /** None if the user has no such webhook. */
  readonly update: (
    user: UserId,
    id: SubscriptionId,
    change: SubscriptionChange,
    by: By
  ) => Effect.Effect<Option.Option<Subscription>, ServiceError>
  /** Removes it with its deliveries. Returns whether it existed. */
  readonly remove: (user: UserId, id: SubscriptionId, by: By) => Effect.Effect<boolean, ServiceError>
  /** Creates a new secret; the old one also signs for a day. */
  readonly rotate: (
    user: UserId,
    id: SubscriptionId,
    by: By
  ) => Effect.Effect<Option.Option<WithSecret>, ServiceError>
  /** Queues a test event. */
  readonly test: (user: UserId, id: SubscriptionId, by: By) => Effect.Effect<Option.Option<Queueing>, ServiceError>
  /** One page of its delivery log, newest first. */
  readonly deliveries: (
    user: UserId,
    id: SubscriptionId,
    page: DeliveryPage
  ) => Effect.Effect<DeliveryList, ServiceError>
  /** Makes the delivery due at once with all its attempts, no matter how it ended. */
  readonly replay: (
    user: UserId,
    id: DeliveryId,
    by: By
  ) => Effect.Effect<Option.Option<Queueing>, ServiceError>
}>()("accessa/services/Webhooks") {}
