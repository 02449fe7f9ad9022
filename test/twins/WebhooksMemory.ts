/** Webhooks over maps, and an egress with test names: `hooks.example` is public, `inside.example` is not. */
import { DateTime, Effect, Layer, Option, Redacted } from "effect"
import { randomBytes, randomUUID } from "node:crypto"
import { EgressNode } from "../../layers/Egress/Node.ts"
import { DeliveryPlace, Webhooks } from "../../services/Webhooks.ts"
import type { UserId } from "../../src/domain/Ids.ts"
import { type Delivery, DeliveryId, type Subscription, SubscriptionId } from "../../src/domain/Webhook.ts"

const names: Readonly<Record<string, string>> = { "hooks.example": "1.1.1.1", "inside.example": "10.0.0.1" }

const egress = EgressNode({
  allowPrivate: false,
  httpsOnly: true,
  timeout: "1 second",
  resolve: (hostname) => {
    const address = names[hostname]
    return address === undefined ? Promise.reject(new Error("ENOTFOUND")) : Promise.resolve([{ address, family: 4 }])
  }
})

const store = Layer.sync(Webhooks, () => {
  const subscriptions = new Map<SubscriptionId, Subscription>()
  let deliveries: Array<Delivery> = []
  const own = (user: UserId, id: SubscriptionId) => {
    const found = subscriptions.get(id)
    return found?.userId === user ? found : undefined
  }
  const list = (user: UserId) => [...subscriptions.values()].filter(({ userId }) => userId === user).toReversed()
  const keep = (subscription: Subscription) => {
    subscriptions.set(subscription.subscriptionId, subscription)
    return subscription
  }
  const giveUp = (id: SubscriptionId) => {
    deliveries = deliveries.map((delivery) =>
      delivery.subscriptionId === id && delivery.status === "pending"
        ? { ...delivery, status: "dead", runAt: null }
        : delivery
    )
  }
  const withSecret = (subscription: Subscription) => ({
    subscription,
    secret: Redacted.make(`whsec_${randomBytes(32).toString("base64")}`)
  })
  const queue = (of: Subscription | undefined, delivery: () => Delivery) => {
    if (of === undefined) return Option.none()
    if (!of.active) return Option.some({ _tag: "Inactive" as const })
    const queued = delivery()
    deliveries = [queued, ...deliveries.filter(({ deliveryId }) => deliveryId !== queued.deliveryId)]
    return Option.some({ _tag: "Queued" as const, delivery: queued })
  }

  return Webhooks.of({
    list: (user) => Effect.sync(() => list(user)),
    find: (user, id) => Effect.sync(() => Option.fromNullishOr(own(user, id))),
    create: (user, { atMost, ...wanted }) =>
      Effect.map(DateTime.now, (createdAt) =>
        list(user).length === atMost
          ? Option.none()
          : Option.some(withSecret(keep({
            ...wanted,
            subscriptionId: SubscriptionId.make(randomUUID()),
            userId: user,
            active: true,
            disabledReason: null,
            disabledAt: null,
            failingSince: null,
            createdAt
          })))),
    update: (user, id, change) =>
      Effect.sync(() =>
        Option.map(Option.fromNullishOr(own(user, id)), (found) => {
          if (change.active === false) giveUp(id)
          return keep({ ...found, ...change })
        })
      ),
    remove: (user, id) =>
      Effect.sync(() => {
        if (own(user, id) === undefined) return false
        deliveries = deliveries.filter(({ subscriptionId }) => subscriptionId !== id)
        return subscriptions.delete(id)
      }),
    rotate: (user, id) => Effect.sync(() => Option.map(Option.fromNullishOr(own(user, id)), withSecret)),
    test: (user, id) =>
      Effect.map(DateTime.now, (now) =>
        queue(own(user, id), () => ({
          deliveryId: DeliveryId.make(randomUUID()),
          subscriptionId: id,
          jobId: null,
          event: "webhook.test",
          status: "pending",
          attempt: 0,
          runAt: now,
          lastStatus: null,
          lastError: null,
          createdAt: now
        }))),
    deliveries: (user, id, { after, limit }) =>
      Effect.sync(() => {
        if (own(user, id) === undefined) return { deliveries: [], next: Option.none() }
        const found = deliveries.filter(({ subscriptionId }) => subscriptionId === id)
        const start = found.findIndex((delivery) => placeOf(delivery) === after) + 1
        const page = found.slice(start, start + limit)
        const last = Option.fromUndefinedOr(found.length > start + limit ? page.at(-1) : undefined)
        return { deliveries: page, next: Option.map(last, placeOf) }
      }),
    replay: (user, id) =>
      Effect.sync(() => {
        const found = deliveries.find(({ deliveryId }) => deliveryId === id)
        if (found === undefined) return Option.none()
        return queue(own(user, found.subscriptionId), () => ({ ...found, attempt: 0, status: "pending" }))
      })
  })
})

const placeOf = ({ createdAt, deliveryId }: Delivery) =>
  DeliveryPlace.make(`${DateTime.toEpochMillis(createdAt)}000.${deliveryId}`)

export const WebhooksMemory = Layer.merge(store, egress)
