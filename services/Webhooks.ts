/** A user's webhooks: where the ends of jobs are told, and the log of it. Another user's id is not found. */
import { Context, type Effect, type Option, type Redacted } from "effect"
import type { UserId } from "../src/domain/Ids.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"
import type { Delivery, DeliveryId, Subscription, SubscriptionId, WebhookEvent } from "../src/domain/Webhook.ts"
import type { By } from "./ApiKeys.ts"

/** The only sight of a secret there is. */
export interface WithSecret {
  readonly subscription: Subscription
  readonly secret: Redacted.Redacted
}

export interface SubscriptionChange {
  readonly url?: string
  readonly events?: ReadonlyArray<WebhookEvent>
  /** True also ends a disablement. False gives up what is still to be delivered. */
  readonly active?: boolean
}

export interface DeliveryPage {
  /** The last delivery of the page before; newest first. */
  readonly after?: DeliveryId
  readonly limit: number
}

/** `full`: as many deliveries of the webhook wait as may. */
export type NotQueued = "missing" | "inactive" | "full"

export class Webhooks extends Context.Service<Webhooks, {
  /** Newest first. */
  readonly list: (user: UserId) => Effect.Effect<ReadonlyArray<Subscription>, ServiceError>
  readonly find: (user: UserId, id: SubscriptionId) => Effect.Effect<Option.Option<Subscription>, ServiceError>
  /** None if the user has as many as one may. */
  readonly create: (
    user: UserId,
    subscription: { readonly url: string; readonly events: ReadonlyArray<WebhookEvent>; readonly atMost: number },
    by: By
  ) => Effect.Effect<Option.Option<WithSecret>, ServiceError>
  readonly update: (
    user: UserId,
    id: SubscriptionId,
    change: SubscriptionChange,
    by: By
  ) => Effect.Effect<Option.Option<Subscription>, ServiceError>
  /** With its deliveries. Answers whether there was one. */
  readonly remove: (user: UserId, id: SubscriptionId, by: By) => Effect.Effect<boolean, ServiceError>
  /** A new secret; the old one signs beside it for a day. */
  readonly rotate: (
    user: UserId,
    id: SubscriptionId,
    by: By
  ) => Effect.Effect<Option.Option<WithSecret>, ServiceError>
  /** Queues an event that tells of nothing. */
  readonly test: (user: UserId, id: SubscriptionId) => Effect.Effect<Delivery | NotQueued, ServiceError>
  readonly deliveries: (
    user: UserId,
    id: SubscriptionId,
    page: DeliveryPage
  ) => Effect.Effect<ReadonlyArray<Delivery>, ServiceError>
  /** Due at once, with all its attempts before it again, whatever became of it. */
  readonly replay: (
    user: UserId,
    id: DeliveryId,
    by: By
  ) => Effect.Effect<Delivery | NotQueued, ServiceError>
}>()("accessa/services/Webhooks") {}
