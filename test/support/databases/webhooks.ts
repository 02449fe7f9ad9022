/** Subscriptions and deliveries on a test's database. */
import { Duration, Effect, Option } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { DeliveryQueue } from "../../../services/DeliveryQueue.ts"
import { Webhooks } from "../../../services/Webhooks.ts"
import { CorrelationId, localUserId, type UserId } from "../../../src/domain/Ids.ts"
import type { By } from "../../../src/domain/Principal.ts"
import type { WebhookEvent } from "../../../src/domain/Webhook.ts"
import { emptyTables } from "./stores.ts"

export const by: By = {
  actor: "key:test",
  role: "user",
  reason: null,
  correlationId: CorrelationId.make(randomUUID())
}

export const noWebhooks = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* emptyTables
  yield* sql`DELETE FROM webhook_subscriptions`
})

export const subscribe = Effect.fnUntraced(function*(user: UserId = localUserId, url = "https://hooks.example/in") {
  const webhooks = yield* Webhooks
  const events: ReadonlyArray<WebhookEvent> = ["job.complete", "job.failed"]
  return Option.getOrThrow(yield* webhooks.create(user, { url, events, atMost: 20 }, by))
})

export const claimDeliveries = Effect.flatMap(DeliveryQueue, (queue) => queue.claim(10, Duration.minutes(1)))

export interface DeliveryRow {
  readonly subscription_id: string
  readonly job_id: string | null
  readonly event: string
  readonly status: string
  readonly attempt: number
  readonly last_status: number | null
  readonly last_error: string | null
  readonly payload: { readonly type: string; readonly data: Readonly<Record<string, unknown>> }
  readonly seconds: number | null
}

export const deliveryRows = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<DeliveryRow>`
    SELECT subscription_id, job_id, event, status, attempt, last_status, last_error, payload,
      extract(epoch FROM run_at - now())::float8 AS seconds
    FROM webhook_deliveries ORDER BY created_at, delivery_id`
})

/** As if its time had come. */
export const makeDue = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE webhook_deliveries SET run_at = now() WHERE run_at IS NOT NULL`
  yield* sql`SELECT pg_notify('accessa_webhooks', '')`
})
