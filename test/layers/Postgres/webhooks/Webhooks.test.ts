import { assert } from "@effect/vitest"
import { Effect, Option, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { JobQueue } from "../../../../services/JobQueue.ts"
import { Jobs } from "../../../../services/Jobs.ts"
import { Webhooks } from "../../../../services/Webhooks.ts"
import { localUserId, UserId } from "../../../../src/domain/Ids.ts"
import { failedStatuses } from "../../../../src/domain/JobStatus.ts"
import { DeliveryId, SubscriptionId } from "../../../../src/domain/Webhook.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { accept, cancelOne, expireLease, heldAt, park, stores } from "../../../support/databases/stores.ts"
import { by, claimDeliveries, deliveryRows, noWebhooks, subscribe } from "../../../support/databases/webhooks.ts"

const stranger = UserId.make("00000000-0000-4000-8000-000000000bad")

onEachDatabase("a user's webhooks", (it) => {
  it.layer(stores)((it) => {
    it.effect("sign with the old secret too for a day after a rotation", () =>
      Effect.gen(function*() {
        yield* noWebhooks
        const sql = yield* SqlClient.SqlClient
        const webhooks = yield* Webhooks
        const { secret, subscription } = yield* subscribe()
        const rotated = Option.getOrThrow(yield* webhooks.rotate(localUserId, subscription.subscriptionId, by))
        yield* webhooks.test(localUserId, subscription.subscriptionId, by)
        const values = (claims: ReadonlyArray<{ readonly secrets: ReadonlyArray<Redacted.Redacted> }>) =>
          claims.flatMap(({ secrets }) => secrets.map(Redacted.value))
        assert.deepStrictEqual(values(yield* claimDeliveries), [rotated.secret, secret].map(Redacted.value))
        yield* sql`UPDATE webhook_subscriptions SET previous_until = previous_until - interval '24 hours'`
        yield* webhooks.test(localUserId, subscription.subscriptionId, by)
        assert.deepStrictEqual(values(yield* claimDeliveries), [Redacted.value(rotated.secret)])
      }))

    it.effect("a user's webhooks can be changed in part, and disabling one drops its deliveries", () =>
      Effect.gen(function*() {
        yield* noWebhooks
        const webhooks = yield* Webhooks
        const { subscription } = yield* subscribe()
        const id = subscription.subscriptionId
        const changed = yield* webhooks.update(localUserId, id, { url: "https://other.example/" }, by)
        assert.deepStrictEqual(Option.getOrThrow(changed), { ...subscription, url: "https://other.example/" })
        yield* webhooks.update(localUserId, id, { events: ["job.complete"] }, by)
        yield* cancelOne
        assert.deepStrictEqual(yield* deliveryRows, [])
        yield* webhooks.test(localUserId, id, by)
        yield* webhooks.update(localUserId, id, { active: false }, by)
        assert.deepStrictEqual((yield* deliveryRows).map(({ status }) => status), ["dead"])
        assert.deepStrictEqual(yield* webhooks.test(localUserId, id, by), Option.some({ _tag: "Inactive" }))
        const { deliveries: [delivery] } = yield* webhooks.deliveries(localUserId, id, { limit: 1 })
        const deliveryId = delivery?.deliveryId ?? DeliveryId.make(randomUUID())
        assert.deepStrictEqual(yield* webhooks.replay(localUserId, deliveryId, by), Option.some({ _tag: "Inactive" }))
        yield* webhooks.update(localUserId, id, { active: true }, by)
        const replayed = yield* webhooks.replay(localUserId, deliveryId, by)
        assert.deepNestedInclude(replayed, { "value.delivery.status": "pending", "value.delivery.attempt": 0 })
      }))

    it.effect("a user's webhooks are removed with their deliveries", () =>
      Effect.gen(function*() {
        yield* noWebhooks
        const webhooks = yield* Webhooks
        const { subscription } = yield* subscribe()
        yield* cancelOne
        assert.isTrue(yield* webhooks.remove(localUserId, subscription.subscriptionId, by))
        assert.isFalse(yield* webhooks.remove(localUserId, subscription.subscriptionId, by))
        assert.deepStrictEqual(yield* deliveryRows, [])
        assert.isTrue(Option.isNone(yield* webhooks.test(localUserId, SubscriptionId.make(randomUUID()), by)))
      }))

    it.effect("a user's webhooks are in the audit log with each change, but not with their secret or their whole address", () =>
      Effect.gen(function*() {
        yield* noWebhooks
        const sql = yield* SqlClient.SqlClient
        const webhooks = yield* Webhooks
        const { secret, subscription } = yield* subscribe(localUserId, "https://hooks.example/path-token?key=1")
        const id = subscription.subscriptionId
        yield* webhooks.update(localUserId, id, { active: true }, by)
        yield* webhooks.rotate(localUserId, id, by)
        yield* webhooks.test(localUserId, id, by)
        yield* webhooks.remove(localUserId, id, by)
        const entries = yield* sql<Record<string, unknown>>`
          SELECT action, actor, role, user_id::text, after FROM audit_log WHERE target_id = ${id} ORDER BY entry_id`
        assert.deepStrictEqual(entries.map(({ action }) => action), [
          "webhook.created",
          "webhook.changed",
          "webhook.rotated",
          "webhook.tested",
          "webhook.removed"
        ])
        assert.deepInclude(entries[0], { actor: "key:test", role: "user", user_id: localUserId })
        const text = JSON.stringify(entries)
        assert.include(text, "https://hooks.example")
        for (const hidden of ["path-token", "key=1", Redacted.value(secret)]) assert.notInclude(text, hidden)
      }))

    it.effect("show their deliveries newest first, page after page", () =>
      Effect.gen(function*() {
        yield* noWebhooks
        const webhooks = yield* Webhooks
        const { subscription } = yield* subscribe()
        const id = subscription.subscriptionId
        const jobs = []
        for (let n = 0; n < 5; n++) jobs.unshift((yield* cancelOne).jobId)
        const found = []
        let page = yield* webhooks.deliveries(localUserId, id, { limit: 2 })
        found.push(...page.deliveries)
        while (Option.isSome(page.next)) {
          page = yield* webhooks.deliveries(localUserId, id, { limit: 2, after: page.next.value })
          found.push(...page.deliveries)
        }
        assert.deepStrictEqual(found.map(({ jobId }) => jobId), jobs)
      }))

    it.effect("show the next page of deliveries, too, if the last one of the page before has expired meanwhile", () =>
      Effect.gen(function*() {
        yield* noWebhooks
        const [sql, webhooks] = [yield* SqlClient.SqlClient, yield* Webhooks]
        const { subscriptionId } = (yield* subscribe()).subscription
        yield* Effect.replicateEffect(webhooks.test(localUserId, subscriptionId, by), 3, { discard: true })
        const all = (yield* webhooks.deliveries(localUserId, subscriptionId, { limit: 3 })).deliveries
        const { deliveries, next } = yield* webhooks.deliveries(localUserId, subscriptionId, { limit: 2 })
        yield* sql`DELETE FROM webhook_deliveries WHERE delivery_id = ${deliveries[1]?.deliveryId ?? ""}`
        const rest = yield* webhooks.deliveries(localUserId, subscriptionId, {
          limit: 2,
          after: Option.getOrThrow(next)
        })
        assert.deepStrictEqual(rest.deliveries, all.slice(2))
      }))
  })
})

onEachDatabase("the end of a job", (it) => {
  it.layer(stores)((it) => {
    it.effect("the end of a job is delivered to each matching subscription of its user, and to no other user's", () =>
      Effect.gen(function*() {
        yield* noWebhooks
        const webhooks = yield* Webhooks
        const mine = [yield* subscribe(), yield* subscribe()].map(({ subscription }) => subscription.subscriptionId)
        yield* webhooks.create(localUserId, { url: "https://hooks.example/", events: ["job.complete"], atMost: 20 }, by)
        yield* subscribe(stranger)
        const job = yield* cancelOne
        const rows = yield* deliveryRows
        assert.sameMembers(rows.map((row) => row.subscription_id), mine)
        for (const row of rows) {
          assert.deepInclude(row, { job_id: job.jobId, event: "job.failed", status: "pending", attempt: 0 })
          assert.deepInclude(row.payload, { type: "job.failed" })
          assert.deepStrictEqual(row.payload.data, {
            job_id: job.jobId,
            document_id: job.documentId,
            status: "failed_parse",
            error_code: "CANCELLED",
            correlation_id: job.correlationId,
            receipt: null
          })
        }
      }))

    it.effect("the end of a job adds deliveries up to the limit, and records further ones as dead", () =>
      Effect.gen(function*() {
        yield* noWebhooks
        const sql = yield* SqlClient.SqlClient
        const webhooks = yield* Webhooks
        const { subscription: { subscriptionId } } = yield* subscribe()
        const { subscription: other } = yield* subscribe()
        yield* sql`
          INSERT INTO webhook_deliveries (subscription_id, user_id, event, payload)
          SELECT ${subscriptionId}::uuid, ${localUserId}::uuid, 'webhook.test', '{}' FROM generate_series(1, 1000)`
        assert.deepStrictEqual(yield* webhooks.test(localUserId, subscriptionId, by), Option.some({ _tag: "Full" }))
        const job = yield* cancelOne
        const told = yield* sql<{ readonly delivery_id: string; readonly status: string; readonly last_error: string }>`
          SELECT delivery_id, status, last_error FROM webhook_deliveries WHERE job_id = ${job.jobId}
          ORDER BY subscription_id = ${other.subscriptionId}`
        assert.deepStrictEqual(
          told.map(({ last_error, status }) => [status, last_error]),
          [["dead", "Too many deliveries of this webhook were waiting already."], ["pending", null]]
        )
        const id = DeliveryId.make(told[0]?.delivery_id ?? "")
        assert.deepStrictEqual(yield* webhooks.replay(localUserId, id, by), Option.some({ _tag: "Full" }))
        yield* sql`
          UPDATE webhook_deliveries SET status = 'delivered', run_at = NULL
          WHERE delivery_id = (SELECT delivery_id FROM webhook_deliveries WHERE run_at IS NOT NULL
            AND subscription_id = ${subscriptionId} LIMIT 1)`
        assert.deepNestedInclude(yield* webhooks.replay(localUserId, id, by), { "value.delivery.status": "pending" })
        assert.deepStrictEqual(yield* webhooks.test(localUserId, subscriptionId, by), Option.some({ _tag: "Full" }))
      }))

    it.effect("the end of a job is delivered for every kind of failure, once each time", () =>
      Effect.gen(function*() {
        yield* noWebhooks
        const queue = yield* JobQueue
        const jobs = yield* Jobs
        yield* subscribe()
        const told = Effect.map(deliveryRows, (rows) => rows.map(({ payload }) => payload.data["status"]))
        for (const [at, to] of [["uploaded", 0], ["chunking", 1], ["embedding_in_progress", 2]] as const) {
          const { fence, jobId, status } = yield* heldAt(at)
          const failed = failedStatuses[to] ?? "failed_parse"
          yield* queue.move({
            jobId,
            fence,
            from: status,
            to: failed,
            type: "moved",
            actor: "test",
            set: { resumeStatus: status }
          })
        }
        assert.deepStrictEqual(yield* told, [...failedStatuses])
        const parked = yield* heldAt("parse_queued")
        yield* park(parked, 0)
        assert.lengthOf(yield* told, 3, "a pause was delivered")
        yield* jobs.cancel(localUserId, parked.jobId, by)
        yield* jobs.retry(localUserId, parked.jobId, by)
        yield* jobs.cancel(localUserId, parked.jobId, by)
        assert.lengthOf(yield* told, 5)
      }))

    it.effect("the end of a job is delivered for a job that crashes its workers", () =>
      Effect.gen(function*() {
        yield* noWebhooks
        const sql = yield* SqlClient.SqlClient
        const queue = yield* JobQueue
        yield* subscribe()
        const job = yield* heldAt("chunking")
        yield* sql`UPDATE upload_jobs SET crash_count = 99 WHERE job_id = ${job.jobId}`
        yield* expireLease(job)
        yield* queue.rescue
        const [row] = yield* deliveryRows
        assert.deepInclude(row?.payload.data, { status: "failed_chunking", error_code: "WORKER_CRASHED" })
      }))

    it.effect("the end of a job is delivered with the receipt's figures if it is complete", () =>
      Effect.gen(function*() {
        yield* noWebhooks
        const sql = yield* SqlClient.SqlClient
        yield* subscribe()
        const job = yield* heldAt("embeddings_stored")
        yield* sql`
          INSERT INTO job_events (job_id, type, from_status, to_status, actor, fence, progress)
          VALUES (${job.jobId}, 'moved', 'embeddings_stored', 'complete', 'test', 1, ${
          JSON.stringify({ chunks_total: 7, chunks_done: 7, embeds_total: 7, embeds_done: 7 })
        }::jsonb)`
        const [row] = yield* deliveryRows
        assert.strictEqual(row?.event, "job.complete")
        assert.deepInclude(row?.payload.data, { status: "complete", error_code: null })
        assert.deepInclude(row?.payload.data["receipt"], { chunks: 7, vectors: 7, tokens_paid: 0 })
      }))

    it.effect("the end of a job that is rolled back is not delivered", () =>
      Effect.gen(function*() {
        yield* noWebhooks
        const sql = yield* SqlClient.SqlClient
        yield* subscribe()
        const job = yield* accept()
        const ended = sql`
          INSERT INTO job_events (job_id, type, from_status, to_status, actor, fence, progress)
          VALUES (${job.jobId}, 'moved', 'uploaded', 'failed_parse', 'test', 0, '{}')`
        yield* ended.pipe(Effect.andThen(Effect.fail("rolled back")), sql.withTransaction, Effect.flip)
        assert.deepStrictEqual(yield* deliveryRows, [])
      }))
  })
})
