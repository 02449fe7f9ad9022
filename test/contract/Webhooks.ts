/** The contract of webhooks, as a suite over a layer. Each test has its own user. */
import { assert, layer } from "@effect/vitest"
import { Effect, type Layer, Option, Redacted } from "effect"
import { randomUUID } from "node:crypto"
import { Webhooks } from "../../services/Webhooks.ts"
import { UserId } from "../../src/domain/Ids.ts"
import { DeliveryId } from "../../src/domain/Webhook.ts"
import { by } from "../support/databases/webhooks.ts"

const stranger = UserId.make("00000000-0000-4000-8000-000000000bad")
const wanted = { url: "https://hooks.example/in", events: ["job.complete" as const, "job.failed" as const], atMost: 3 }

const subscribed = Effect.gen(function*() {
  const webhooks = yield* Webhooks
  const user = UserId.make(randomUUID())
  const create = Effect.map(webhooks.create(user, wanted, by), Option.getOrThrow)
  const { secret, subscription } = yield* create
  const id = subscription.subscriptionId
  const deliveries = Effect.map(webhooks.deliveries(user, id, { limit: 10 }), ({ deliveries }) => deliveries)
  const lastDelivery = Effect.map(deliveries, ([delivery]) => delivery?.deliveryId ?? DeliveryId.make(randomUUID()))
  return { webhooks, user, create, secret, subscription, id, deliveries, lastDelivery }
})

export const webhooksContract = <E>(name: string, webhooks: Layer.Layer<Webhooks, E>) =>
  layer(webhooks)(`Webhooks ${name}`, (it) => {
    it.effect("another user cannot see, change, rotate, test, replay or remove a webhook", () =>
      Effect.gen(function*() {
        const { id, lastDelivery, subscription, user, webhooks } = yield* subscribed
        yield* webhooks.test(user, id, by)
        assert.isTrue(Option.isNone(yield* webhooks.find(stranger, id)))
        assert.isTrue(Option.isNone(yield* webhooks.update(stranger, id, { active: false }, by)))
        assert.isTrue(Option.isNone(yield* webhooks.rotate(stranger, id, by)))
        assert.isFalse(yield* webhooks.remove(stranger, id, by))
        assert.isTrue(Option.isNone(yield* webhooks.test(stranger, id, by)))
        assert.isTrue(Option.isNone(yield* webhooks.replay(stranger, yield* lastDelivery, by)))
        assert.deepStrictEqual((yield* webhooks.deliveries(stranger, id, { limit: 10 })).deliveries, [])
        assert.deepStrictEqual(yield* webhooks.list(stranger), [])
        assert.deepStrictEqual(yield* webhooks.list(user), [subscription])
      }))

    it.effect("each webhook and each rotation has its own secret, which no list shows", () =>
      Effect.gen(function*() {
        const one = yield* subscribed
        const other = yield* one.create
        const rotated = Option.getOrThrow(yield* one.webhooks.rotate(one.user, one.id, by))
        const secrets = [one, other, rotated].map(({ secret }) => Redacted.value(secret))
        for (const secret of secrets) assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/)
        assert.strictEqual(new Set(secrets).size, 3)
        const shown = JSON.stringify(yield* one.webhooks.list(one.user))
        for (const secret of secrets) assert.notInclude(shown, secret.slice(6))
      }))

    it.effect("a user cannot have more webhooks than allowed", () =>
      Effect.gen(function*() {
        const { create, user, webhooks } = yield* subscribed
        yield* Effect.replicateEffect(create, 2, { discard: true })
        assert.isTrue(Option.isNone(yield* webhooks.create(user, wanted, by)))
        assert.lengthOf(yield* webhooks.list(user), 3)
      }))

    it.effect("nor by asking for many at once", () =>
      Effect.gen(function*() {
        const webhooks = yield* Webhooks
        const user = UserId.make(randomUUID())
        const made = yield* Effect.replicateEffect(webhooks.create(user, wanted, by), 8, { concurrency: "unbounded" })
        assert.lengthOf(made.filter(Option.isSome), 3)
        assert.lengthOf(yield* webhooks.list(user), 3)
      }))

    it.effect("a change keeps the fields it does not name", () =>
      Effect.gen(function*() {
        const { id, subscription, user, webhooks } = yield* subscribed
        const changed = yield* webhooks.update(user, id, { url: "https://other.example/" }, by)
        assert.deepStrictEqual(Option.getOrThrow(changed), { ...subscription, url: "https://other.example/" })
        assert.deepStrictEqual(yield* webhooks.find(user, id), changed)
      }))

    it.effect("deliveries are listed newest first, page by page", () =>
      Effect.gen(function*() {
        const { deliveries, id, user, webhooks } = yield* subscribed
        yield* Effect.replicateEffect(webhooks.test(user, id, by), 3, { discard: true })
        const all = yield* deliveries
        assert.lengthOf(all, 3)
        const first = yield* webhooks.deliveries(user, id, { limit: 2 })
        const rest = yield* webhooks.deliveries(user, id, { after: Option.getOrThrow(first.next), limit: 2 })
        assert.deepStrictEqual([...first.deliveries, ...rest.deliveries], all)
        assert.isTrue(Option.isNone(rest.next))
      }))

    it.effect("an inactive webhook drops its deliveries, and gets none until it is active again", () =>
      Effect.gen(function*() {
        const { deliveries, id, lastDelivery, user, webhooks } = yield* subscribed
        yield* webhooks.test(user, id, by)
        yield* webhooks.update(user, id, { active: false }, by)
        assert.deepStrictEqual((yield* deliveries).map(({ status }) => status), ["dead"])
        assert.deepStrictEqual(yield* webhooks.test(user, id, by), Option.some({ _tag: "Inactive" }))
        assert.deepStrictEqual(yield* webhooks.replay(user, yield* lastDelivery, by), Option.some({ _tag: "Inactive" }))
        yield* webhooks.update(user, id, { active: true }, by)
        const replayed = yield* webhooks.replay(user, yield* lastDelivery, by)
        assert.deepNestedInclude(replayed, { "value.delivery.status": "pending", "value.delivery.attempt": 0 })
      }))

    it.effect("a webhook is removed with its deliveries, once", () =>
      Effect.gen(function*() {
        const { deliveries, id, user, webhooks } = yield* subscribed
        yield* webhooks.test(user, id, by)
        assert.isTrue(yield* webhooks.remove(user, id, by))
        assert.isFalse(yield* webhooks.remove(user, id, by))
        assert.deepStrictEqual(yield* deliveries, [])
        assert.deepStrictEqual(yield* webhooks.list(user), [])
      }))
  })
