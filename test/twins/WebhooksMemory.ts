/** Webhooks over maps, and the way out with names of the test's own: `hooks.example` is public, `inside.example` is not. */
import { DateTime, Effect, Layer, Option, Redacted } from "effect"
import { randomBytes, randomUUID } from "node:crypto"
import { EgressNode } from "../../layers/Egress/Node.ts"
import { Webhooks } from "../../services/Webhooks.ts"
import type { UserId } from "../../src/domain/Ids.ts"
import { type Delivery, DeliveryId, type Subscription, SubscriptionId } from "../../src/domain/Webhook.ts"

const names: Readonly<Record<string, string>> = { "hooks.example": "1.1.1.1", "inside.example": "10.0.0.1" }

const wayOut = EgressNode({
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
    return found?.user_id === user ? found : undefined
  }
  const list = (user: UserId) => [...subscriptions.values()].filter(({ user_id }) => user_id === user).toReversed()
  const keep = (subscription: Subscription) => {
    subscriptions.set(subscription.subscription_id, subscription)
    return subscription
  }
  const giveUp = (id: SubscriptionId) => {
    deliveries = deliveries.map((delivery) =>
      delivery.subscription_id === id && delivery.status === "pending"
        ? { ...delivery, status: "dead", run_at: null }
        : delivery
    )
  }
  const withSecret = (subscription: Subscription) => ({
    subscription,
    secret: Redacted.make(`whsec_${randomBytes(32).toString("base64")}`)
  })
  const queue = (of: Subscription | undefined, delivery: () => Delivery) => {
    if (of === undefined) return "missing" as const
    if (!of.active) return "inactive" as const
    const queued = delivery()
    deliveries = [queued, ...deliveries.filter(({ delivery_id }) => delivery_id !== queued.delivery_id)]
    return queued
  }

  return Webhooks.of({
    list: (user) => Effect.sync(() => list(user)),
    find: (user, id) => Effect.sync(() => Option.fromNullishOr(own(user, id))),
    create: (user, { atMost, ...wanted }) =>
      Effect.map(DateTime.now, (created_at) =>
        list(user).length === atMost
          ? Option.none()
          : Option.some(withSecret(keep({
            ...wanted,
            subscription_id: SubscriptionId.make(randomUUID()),
            user_id: user,
            active: true,
            disabled_reason: null,
            disabled_at: null,
            failing_since: null,
            created_at
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
        deliveries = deliveries.filter(({ subscription_id }) => subscription_id !== id)
        return subscriptions.delete(id)
      }),
    rotate: (user, id) => Effect.sync(() => Option.map(Option.fromNullishOr(own(user, id)), withSecret)),
    test: (user, id) =>
      Effect.map(DateTime.now, (now) =>
        queue(own(user, id), () => ({
          delivery_id: DeliveryId.make(randomUUID()),
          subscription_id: id,
          job_id: null,
          event: "webhook.test",
          status: "pending",
          attempt: 0,
          run_at: now,
          last_status: null,
          last_error: null,
          created_at: now
        }))),
    deliveries: (user, id, { after, limit }) =>
      Effect.sync(() => {
        if (own(user, id) === undefined) return []
        const found = deliveries.filter(({ subscription_id }) => subscription_id === id)
        return found.slice(found.findIndex(({ delivery_id }) => delivery_id === after) + 1).slice(0, limit)
      }),
    replay: (user, id) =>
      Effect.sync(() => {
        const found = deliveries.find(({ delivery_id }) => delivery_id === id)
        if (found === undefined) return "missing" as const
        return queue(own(user, found.subscription_id), () => ({ ...found, attempt: 0, status: "pending" }))
      })
  })
})

export const WebhooksMemory = Layer.merge(store, wayOut)
