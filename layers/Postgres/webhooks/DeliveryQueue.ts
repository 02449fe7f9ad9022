/** Due deliveries on Postgres. A claim moves `run_at` past its lease and leaves a token, without which no outcome is recorded. */
import { Duration, Effect, Layer, Option, Redacted, Schema, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { type ClaimedDelivery, type DeliveryOutcome, DeliveryQueue } from "../../../services/DeliveryQueue.ts"
import { JobOrigin } from "../../../src/domain/Job.ts"
import { DeliveryId } from "../../../src/domain/Webhook.ts"
import { deliveriesOfOne } from "../../../src/policy/deliveries.ts"
import { webhooksChannel } from "../connection/channels.ts"
import { Notifications } from "../connection/listen.ts"
import { rowsOf, run } from "../connection/rows.ts"
import { untilDue } from "../connection/untilDue.ts"

export const DeliveryQueueSql = Layer.effect(
  DeliveryQueue,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const notifications = yield* Notifications
    return DeliveryQueue.of({
      // `ready` jumps through the index between subscriptions with due deliveries: the others cost nothing.
      claim: Effect.fn("DeliveryQueue.claim")(function*(limit, lease) {
        const rows = yield* readClaims(sql`
          WITH RECURSIVE ready AS (
            (SELECT subscription_id FROM webhook_deliveries WHERE run_at <= now() ORDER BY subscription_id LIMIT 1)
            UNION ALL
            SELECT (
              SELECT subscription_id FROM webhook_deliveries
              WHERE run_at <= now() AND subscription_id > ready.subscription_id
              ORDER BY subscription_id LIMIT 1
            ) FROM ready WHERE subscription_id IS NOT NULL
          ), due AS (
            SELECT d.delivery_id, d.run_at,
              row_number() OVER (PARTITION BY ready.subscription_id ORDER BY d.run_at) AS turn
            FROM ready CROSS JOIN LATERAL (
              SELECT delivery_id, run_at FROM webhook_deliveries
              WHERE subscription_id = ready.subscription_id AND run_at <= now()
              ORDER BY run_at LIMIT greatest(0, ${deliveriesOfOne} - (
                SELECT count(*) FROM webhook_deliveries
                WHERE subscription_id = ready.subscription_id AND run_at > now() AND lease IS NOT NULL
              ))
            ) d
            ORDER BY turn, d.run_at LIMIT ${limit}
          ), taken AS (
            SELECT d.delivery_id FROM webhook_deliveries d JOIN due USING (delivery_id)
            WHERE d.run_at <= now()
            FOR UPDATE OF d SKIP LOCKED
          )
          UPDATE webhook_deliveries d SET attempt = d.attempt + 1, lease = gen_random_uuid(), updated_at = now(),
            run_at = now() + ${Duration.toMillis(lease)}::float8 * interval '1 millisecond'
          FROM taken, webhook_subscriptions s
          WHERE d.delivery_id = taken.delivery_id AND s.subscription_id = d.subscription_id
          RETURNING d.delivery_id, d.lease, d.attempt, d.payload::text AS payload, s.url, s.secret,
            CASE WHEN s.previous_until > now() THEN s.previous_secret END AS previous_secret, (
              SELECT jsonb_build_object('job_id', j.job_id, 'document_id', j.document_id, 'user_id', j.user_id,
                'correlation_id', j.correlation_id, 'traceparent', j.traceparent)
              FROM upload_jobs j WHERE j.job_id = d.job_id
            ) AS origin`)
        return rows.map(toClaim)
      }),
      record: Effect.fn("DeliveryQueue.record")(function*(delivery, outcome, patience) {
        const rows = yield* run(recordOutcome(sql, delivery, outcome, Duration.toMillis(patience)))
        return rows.length > 0
      }),
      nextDue: sql<{ readonly ms: number | null }>`
        SELECT (extract(epoch FROM min(run_at) - now()) * 1000)::float8 AS ms FROM webhook_deliveries
        WHERE run_at IS NOT NULL`.pipe(
        run,
        Effect.map(untilDue)
      ),
      wakeups: Stream.map(notifications.subscribe(webhooksChannel), () => undefined)
    })
  })
)

/**
 * The delivery's and its subscription's rows in one statement; the other deliveries of a disabled subscription are dropped.
 * The subscription is locked first, as by all that change both: the other way round, two outcomes wait for each other.
 */
const recordOutcome = (
  sql: SqlClient.SqlClient,
  { deliveryId, lease }: ClaimedDelivery,
  outcome: DeliveryOutcome,
  patience: number
) => {
  const delivered = outcome._tag === "Delivered"
  const gone = !delivered && outcome.gone
  const retryIn = delivered ? null : Option.getOrNull(Option.map(outcome.retryIn, Duration.toMillis))
  const status = delivered ? outcome.status : Option.getOrNull(outcome.status)
  const ended = delivered ? "delivered" : "dead"
  return sql`
    WITH subscription AS (
      SELECT subscription_id, active FROM webhook_subscriptions
      WHERE subscription_id = (
        SELECT subscription_id FROM webhook_deliveries WHERE delivery_id = ${deliveryId} AND lease = ${lease}
      )
      FOR NO KEY UPDATE
    ), held AS (
      SELECT d.delivery_id, d.subscription_id, s.active FROM webhook_deliveries d JOIN subscription s USING (subscription_id)
      WHERE d.delivery_id = ${deliveryId} AND d.lease = ${lease}
      FOR NO KEY UPDATE OF d
    ), disabled AS (
      UPDATE webhook_subscriptions s SET updated_at = now(), active = false, disabled_at = now(),
        disabled_reason = CASE WHEN ${gone} THEN 'The receiver answered 410, which unsubscribes it.'
          ELSE 'Every delivery failed since ' || to_char(s.failing_since AT TIME ZONE 'UTC', 'YYYY-MM-DD') || '.' END
      FROM held WHERE s.subscription_id = held.subscription_id AND s.active AND NOT ${delivered}
        AND ${isGivenUp(sql, gone, patience)}
      RETURNING s.subscription_id, s.user_id, s.disabled_reason
    ), judged AS (
      UPDATE webhook_subscriptions s SET failing_since = CASE WHEN NOT ${delivered} THEN now() END
      FROM held WHERE s.subscription_id = held.subscription_id AND s.active
        AND (${delivered} OR NOT ${isGivenUp(sql, gone, patience)})
        AND (s.failing_since IS NULL) <> ${delivered}
    ), recorded AS (
      UPDATE webhook_deliveries d SET lease = NULL, last_status = ${status}, updated_at = now(),
        last_error = ${delivered ? null : outcome.error},
        status = CASE WHEN next.run_at IS NULL THEN ${ended} ELSE 'pending' END, run_at = next.run_at
      FROM held LEFT JOIN LATERAL (
        SELECT now() + ${retryIn}::float8 * interval '1 millisecond' AS run_at
        WHERE held.active AND NOT EXISTS (SELECT FROM disabled)
      ) next ON true
      WHERE d.delivery_id = held.delivery_id
    ), given_up AS (
      -- With the lease: one that is under way may still turn out to have arrived.
      UPDATE webhook_deliveries d SET status = 'dead', run_at = NULL, updated_at = now(),
        last_error = 'The subscription was disabled.'
      FROM disabled, held
      WHERE d.subscription_id = disabled.subscription_id AND d.status = 'pending' AND d.delivery_id <> held.delivery_id
    ), told AS (
      SELECT accessa_audit('worker', 'service', user_id, 'webhook.disabled', 'webhook', subscription_id::text,
        disabled_reason, NULL, NULL, NULL) FROM disabled
    )
    SELECT held.delivery_id FROM held LEFT JOIN told ON true`
}

/** Whether another failure disables the subscription. */
const isGivenUp = (sql: SqlClient.SqlClient, gone: boolean, patience: number) =>
  sql`(${gone} OR coalesce(s.failing_since < now() - ${patience}::float8 * interval '1 millisecond', false))`

const ClaimRow = Schema.Struct({
  delivery_id: DeliveryId,
  lease: Schema.String,
  attempt: Schema.Int,
  payload: Schema.String,
  url: Schema.String,
  secret: Schema.String,
  previous_secret: Schema.NullOr(Schema.String),
  origin: Schema.NullOr(JobOrigin)
})
const readClaims = rowsOf(ClaimRow)

const toClaim = (row: typeof ClaimRow.Type): ClaimedDelivery => ({
  deliveryId: row.delivery_id,
  lease: row.lease,
  attempt: row.attempt,
  origin: Option.fromNullishOr(row.origin),
  url: row.url,
  payload: row.payload,
  secrets: [row.secret, ...row.previous_secret === null ? [] : [row.previous_secret]].map((secret) =>
    Redacted.make(secret)
  )
})
