import { assert } from "@effect/vitest"
import { Deferred, Duration, Effect, Fiber, Option, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { type ClaimedDelivery, type DeliveryOutcome, DeliveryQueue } from "../../../../services/DeliveryQueue.ts"
import { Webhooks } from "../../../../services/Webhooks.ts"
import { localUserId, UserId } from "../../../../src/domain/Ids.ts"
import { deliveriesOfOne } from "../../../../src/policy/deliveries.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { stores } from "../../../support/databases/stores.ts"
import {
  by,
  claimDeliveries,
  deliveryRows,
  makeDue,
  noWebhooks,
  subscribe
} from "../../../support/databases/webhooks.ts"

const other = UserId.make("00000000-0000-4000-8000-000000000bad")
const delivered: DeliveryOutcome = { _tag: "Delivered", status: 204 }
const failed = (retryIn?: Duration.Duration, gone = false): DeliveryOutcome => ({
  _tag: "Failed",
  status: Option.some(gone ? 410 : 500),
  error: "The receiver failed.",
  retryIn: Option.fromUndefinedOr(retryIn),
  gone
})
const record = (delivery: ClaimedDelivery, outcome: DeliveryOutcome, patience: Duration.Input = "5 days") =>
  Effect.flatMap(DeliveryQueue, (queue) => queue.record(delivery, outcome, Duration.fromInputUnsafe(patience)))

const claimOne = Effect.gen(function*() {
  const [delivery] = yield* claimDeliveries
  return delivery === undefined ? yield* Effect.die(new Error("no delivery is due")) : delivery
})

/** A subscription with this many due deliveries. */
const due = Effect.fnUntraced(function*(times: number, user: UserId = localUserId) {
  const webhooks = yield* Webhooks
  const { subscription } = yield* subscribe(user)
  for (let n = 0; n < times; n++) yield* webhooks.test(user, subscription.subscriptionId, by)
  return subscription.subscriptionId
})

onEachDatabase("deliveries", (it, database) => {
  it.layer(stores)((it) => {
    // The embedded database has one session, in which two statements cannot overlap.
    if (database === "postgres") {
      it.effect("deliveries that end while another one disables their subscription are all recorded", () =>
        Effect.gen(function*() {
          yield* noWebhooks
          const [sql, webhooks] = [yield* SqlClient.SqlClient, yield* Webhooks]
          const id = yield* due(2)
          const claims = yield* claimDeliveries
          const [locked, unlock] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
          const locking = yield* sql`SELECT FROM webhook_subscriptions FOR UPDATE`.pipe(
            Effect.andThen(Deferred.succeed(locked, undefined)),
            Effect.andThen(Deferred.await(unlock)),
            sql.withTransaction,
            Effect.forkChild
          )
          yield* Deferred.await(locked)
          const records = yield* Effect.forEach(
            claims,
            (delivery) => Effect.forkChild(record(delivery, failed(undefined, true)))
          )
          yield* Effect.repeat(
            sql`SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE datname = current_database() AND NOT granted`,
            { until: ({ length }) => length === records.length }
          )
          yield* Deferred.succeed(unlock, undefined)
          yield* Fiber.join(locking)
          assert.deepStrictEqual(yield* Effect.forEach(records, Fiber.join), [true, true])
          assert.isFalse(Option.getOrThrow(yield* webhooks.find(localUserId, id)).active)
          const errors = (yield* deliveryRows).map(({ last_error, status }) => [status, last_error])
          assert.deepStrictEqual(errors, [["dead", "The receiver failed."], ["dead", "The receiver failed."]])
        }))
    }

    it.effect("deliveries are each claimed by one worker, however many ask at once", () =>
      Effect.gen(function*() {
        yield* noWebhooks
        yield* due(4)
        const queue = yield* DeliveryQueue
        const claims = yield* Effect.all(
          Array.from({ length: 6 }, () => queue.claim(3, Duration.minutes(1))),
          { concurrency: "unbounded" }
        )
        const ids = claims.flat().map(({ deliveryId }) => deliveryId)
        assert.strictEqual(new Set(ids).size, ids.length)
        assert.isAtLeast(ids.length, 1)
      }))

    it.effect("deliveries are claimed from all subscriptions in turn, a few of each", () =>
      Effect.gen(function*() {
        yield* noWebhooks
        yield* due(deliveriesOfOne + 5)
        yield* due(1, other)
        const queue = yield* DeliveryQueue
        assert.lengthOf(yield* queue.claim(2, Duration.minutes(1)), 2)
        const rows = yield* deliveryRows
        assert.strictEqual(new Set(rows.filter(({ attempt }) => attempt > 0).map((row) => row.subscription_id)).size, 2)
        assert.lengthOf(yield* queue.claim(100, Duration.minutes(1)), deliveriesOfOne - 1)
      }))

    it.effect("deliveries of one subscription are under way a few at a time, however many are due", () =>
      Effect.gen(function*() {
        yield* noWebhooks
        yield* due(deliveriesOfOne + 1)
        const held = yield* claimDeliveries
        assert.lengthOf(held, deliveriesOfOne)
        assert.lengthOf(yield* claimDeliveries, 0)
        for (const delivery of held.slice(0, 2)) yield* record(delivery, failed(Duration.hours(1)))
        assert.lengthOf(yield* claimDeliveries, 1)
      }))

    it.effect("deliveries are due again if their worker records nothing within the lease, and only then", () =>
      Effect.gen(function*() {
        yield* noWebhooks
        yield* due(1)
        const first = yield* claimOne
        assert.deepStrictEqual(yield* claimDeliveries, [])
        yield* makeDue
        const second = yield* claimOne
        assert.deepStrictEqual([second.deliveryId, second.attempt], [first.deliveryId, 2])
        assert.isFalse(yield* record(first, failed()), "a lost claim was recorded")
        assert.strictEqual((yield* deliveryRows)[0]?.status, "pending")
        assert.isTrue(yield* record(second, delivered))
        assert.isFalse(yield* record(second, failed()), "a delivery was recorded twice")
        assert.deepInclude((yield* deliveryRows)[0], { status: "delivered", last_status: 204, seconds: null })
      }))

    it.effect("deliveries that fail are retried on schedule, and are dead after the last attempt", () =>
      Effect.gen(function*() {
        yield* noWebhooks
        yield* due(1)
        const queue = yield* DeliveryQueue
        yield* record(yield* claimOne, failed(Duration.minutes(5)))
        const [row] = yield* deliveryRows
        assert.deepInclude(row, { status: "pending", last_status: 500, last_error: "The receiver failed." })
        assert.closeTo(row?.seconds ?? 0, 300, 5)
        assert.closeTo(Duration.toSeconds(Option.getOrElse(yield* queue.nextDue, () => Duration.zero)), 300, 5)
        yield* makeDue
        yield* record(yield* claimOne, failed())
        assert.deepInclude((yield* deliveryRows)[0], { status: "dead", seconds: null })
        assert.isTrue(Option.isNone(yield* queue.nextDue))
      }))

    it.effect("deliveries that are replayed start over, even while a worker holds them", () =>
      Effect.gen(function*() {
        yield* noWebhooks
        const webhooks = yield* Webhooks
        yield* due(1)
        const held = yield* claimOne
        const replayed = yield* webhooks.replay(localUserId, held.deliveryId, by)
        assert.deepNestedInclude(replayed, { "value.delivery.status": "pending", "value.delivery.attempt": 0 })
        assert.isFalse(yield* record(held, failed()))
        const again = yield* claimOne
        assert.deepStrictEqual([again.deliveryId, again.attempt], [held.deliveryId, 1])
        yield* record(again, delivered)
        yield* webhooks.replay(localUserId, held.deliveryId, by)
        assert.strictEqual((yield* claimOne).deliveryId, held.deliveryId)
      }))

    it.effect("end permanently with the receiver's 410, and so do the others of its subscription", () =>
      Effect.gen(function*() {
        yield* noWebhooks
        const webhooks = yield* Webhooks
        const id = yield* due(2)
        yield* due(1, other)
        const mine = (yield* claimDeliveries).find(({ attempt }) => attempt === 1)
        yield* makeDue
        const sql = yield* SqlClient.SqlClient
        const [own] = yield* sql<{ readonly delivery_id: string }>`
          SELECT delivery_id FROM webhook_deliveries WHERE subscription_id = ${id} LIMIT 1`
        const claims = yield* claimDeliveries
        const claim = claims.find(({ deliveryId }) => deliveryId === own?.delivery_id) ?? mine
        if (claim !== undefined) yield* record(claim, failed(undefined, true))
        const subscription = Option.getOrThrow(yield* webhooks.find(localUserId, id))
        assert.isFalse(subscription.active)
        assert.match(subscription.disabledReason ?? "", /410/)
        assert.isNotNull(subscription.disabledAt)
        const statuses = (yield* deliveryRows).map((row) => [row.subscription_id === id, row.status])
        assert.sameDeepMembers(statuses, [[true, "dead"], [true, "dead"], [false, "pending"]])
        const entries = yield* sql`SELECT FROM audit_log WHERE target_id = ${id} AND action = 'webhook.disabled'`
        assert.lengthOf(entries, 1)
        yield* webhooks.update(localUserId, id, { active: true }, by)
        assert.deepInclude(Option.getOrThrow(yield* webhooks.find(localUserId, id)), {
          active: true,
          disabledReason: null,
          disabledAt: null,
          failingSince: null
        })
      }))

    it.effect(
      "deliveries that fail for days disable their subscription, but a success in between resets the "
        + "count",
      () =>
        Effect.gen(function*() {
          yield* noWebhooks
          const sql = yield* SqlClient.SqlClient
          const webhooks = yield* Webhooks
          const id = yield* due(1)
          const now = Effect.map(webhooks.find(localUserId, id), Option.getOrThrow)
          const attempt = (outcome: DeliveryOutcome) =>
            Effect.andThen(makeDue, Effect.flatMap(claimOne, (delivery) => record(delivery, outcome)))
          const daysPass = (days: number) =>
            sql`UPDATE webhook_subscriptions SET failing_since = failing_since - ${days}::int * interval '1 day'`
          yield* attempt(failed(Duration.seconds(5)))
          assert.isNotNull((yield* now).failingSince)
          yield* daysPass(6)
          yield* attempt(delivered)
          assert.isNull((yield* now).failingSince)
          yield* webhooks.test(localUserId, id, by)
          yield* attempt(failed(Duration.seconds(5)))
          yield* daysPass(4)
          yield* attempt(failed(Duration.seconds(5)))
          assert.isTrue((yield* now).active)
          yield* daysPass(2)
          yield* attempt(failed(Duration.seconds(5)))
          assert.isFalse((yield* now).active)
          assert.match((yield* now).disabledReason ?? "", /^Every delivery failed since \d{4}-\d\d-\d\d\.$/)
          assert.sameMembers((yield* deliveryRows).map(({ status }) => status), ["delivered", "dead"])
        })
    )

    it.effect("deliveries under way when their subscription is disabled keep their outcome, and are not retried", () =>
      Effect.gen(function*() {
        yield* noWebhooks
        yield* due(4)
        const [gone, arrived, lost] = yield* claimDeliveries
        assert(gone !== undefined && arrived !== undefined && lost !== undefined)
        yield* record(gone, failed(undefined, true))
        assert.isTrue(yield* record(arrived, delivered))
        assert.isTrue(yield* record(lost, failed(Duration.seconds(5))))
        const rows = (yield* deliveryRows).map(({ last_error, status }) => [status, last_error])
        assert.sameDeepMembers(rows, [
          ["delivered", null],
          ["dead", "The receiver failed."],
          ["dead", "The receiver failed."],
          ["dead", "The subscription was disabled."]
        ])
      }))

    it.effect("wake waiting workers", () =>
      Effect.gen(function*() {
        yield* noWebhooks
        const queue = yield* DeliveryQueue
        const { subscription } = yield* subscribe()
        const woken = yield* queue.wakeups.pipe(Stream.take(2), Stream.runCollect, Effect.forkChild)
        const webhooks = yield* Webhooks
        yield* webhooks.test(localUserId, subscription.subscriptionId, by).pipe(
          Effect.forever,
          Effect.raceFirst(Fiber.join(woken))
        )
      }))
  })
})
