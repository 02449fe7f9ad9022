/** Webhooks on Postgres. Each statement runs as the user; each change writes the audit log in the same statement. */
import { Duration, Effect, Layer, Option, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import type { SqlError } from "effect/sql/SqlError"
import { randomBytes } from "node:crypto"
import { Ids } from "../../../services/Ids.ts"
import { type Queueing, Webhooks } from "../../../services/Webhooks.ts"
import type { UserId } from "../../../src/domain/Ids.ts"
import type { By } from "../../../src/domain/Principal.ts"
import { oldSecretKept } from "../../../src/policy/deliveries.ts"
import { asUsers } from "../connection/asUser.ts"
import { webhooksChannel } from "../connection/channels.ts"
import { atPlace, pageOf } from "../connection/place.ts"
import { run } from "../connection/rows.ts"
import {
  deliveryColumns,
  deliveryPlace,
  readDeliveries,
  readListed,
  readSubscriptions,
  subscriptionColumns
} from "./webhookRows.ts"

export const WebhooksSql = Layer.effect(
  Webhooks,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const ids = yield* Ids
    const as = (user: UserId) => asUsers(sql, [user])

    const columns = sql.literal(subscriptionColumns)
    const one = (statement: Effect.Effect<ReadonlyArray<unknown>, SqlError>) =>
      Effect.map(readSubscriptions(statement), ([row]) => Option.fromNullishOr(row))
    /** An audit entry for each row the statement returns. Only the host of the address: the path is often a secret. */
    const audit = ({ actor, correlationId, reason, role }: By, action: string, id = "subscription_id") =>
      sql`accessa_audit(${actor}, ${role}, user_id, ${action}, 'webhook', ${sql.literal(id)}::text, ${reason},
        NULL, jsonb_build_object('host', substring(url FROM '^[a-z]+://[^/?#]+'), 'events', events, 'active', active),
        ${correlationId})`

    const find = Effect.fn("Webhooks.find")(function*(user, id) {
      return yield* sql`SELECT ${columns} FROM webhook_subscriptions WHERE subscription_id = ${id} AND user_id = ${user}`
        .pipe(as(user), one)
    }) satisfies Webhooks["Service"]["find"]

    const queued = Effect.fnUntraced(function*(
      known: Option.Option<{ readonly active: boolean }>,
      statement: Effect.Effect<ReadonlyArray<unknown>, SqlError>
    ) {
      const [delivery] = yield* readDeliveries(statement)
      return Option.map(
        known,
        ({ active }): Queueing =>
          delivery === undefined ? { _tag: active ? "Full" : "Inactive" } : { _tag: "Queued", delivery }
      )
    })

    return Webhooks.of({
      list: Effect.fn("Webhooks.list")(function*(user) {
        return yield* sql`
          SELECT ${columns} FROM webhook_subscriptions WHERE user_id = ${user}
          ORDER BY created_at DESC, subscription_id DESC`.pipe(as(user), readSubscriptions)
      }),
      find,
      create: Effect.fn("Webhooks.create")(function*(user, { atMost, events, url }, by) {
        const secret = newSecret()
        const id = yield* ids.uuid
        const insert = sql`
          WITH made AS (
            INSERT INTO webhook_subscriptions (subscription_id, user_id, url, events, secret)
            SELECT ${id}::uuid, ${user}::uuid, ${url},
              ARRAY(SELECT jsonb_array_elements_text(${JSON.stringify(events)}::jsonb)), ${secret}
            WHERE (SELECT count(*) FROM webhook_subscriptions WHERE user_id = ${user}) < ${atMost}
            RETURNING *
          )
          SELECT ${columns}, ${audit(by, "webhook.created")} FROM made`
        // One at a time for each user: requests at once would all count the same webhooks.
        const rows = yield* sql`
          SELECT pg_advisory_xact_lock(hashtextextended(${`webhooks of ${user}`}, 0))`.pipe(
          Effect.andThen(insert),
          as(user),
          one
        )
        return Option.map(rows, (subscription) => ({ subscription, secret: Redacted.make(secret) }))
      }),
      update: Effect.fn("Webhooks.update")(function*(user, id, { active, events, url }, by) {
        const wanted = events === undefined ? null : JSON.stringify(events)
        return yield* sql`
          WITH changed AS (
            UPDATE webhook_subscriptions SET url = coalesce(${url ?? null}, url), updated_at = now(),
              events = CASE WHEN ${wanted}::text IS NULL THEN events
                ELSE ARRAY(SELECT jsonb_array_elements_text(${wanted}::jsonb)) END,
              active = coalesce(${active ?? null}::boolean, active),
              disabled_reason = CASE WHEN ${active ?? null}::boolean THEN NULL ELSE disabled_reason END,
              disabled_at = CASE WHEN ${active ?? null}::boolean THEN NULL ELSE disabled_at END,
              failing_since = CASE WHEN ${active ?? null}::boolean THEN NULL ELSE failing_since END
            WHERE subscription_id = ${id} AND user_id = ${user}
            RETURNING *
          ), given_up AS (
            -- With the lease: one that is under way may still turn out to have arrived.
            UPDATE webhook_deliveries d SET status = 'dead', run_at = NULL, updated_at = now(),
              last_error = 'The subscription was switched off.'
            FROM changed c WHERE d.subscription_id = c.subscription_id AND NOT c.active AND d.status = 'pending'
          )
          SELECT ${columns}, ${audit(by, "webhook.changed")} FROM changed`.pipe(as(user), one)
      }),
      remove: Effect.fn("Webhooks.remove")(function*(user, id, by) {
        const rows = yield* sql`
          WITH gone AS (
            DELETE FROM webhook_subscriptions WHERE subscription_id = ${id} AND user_id = ${user} RETURNING *
          )
          SELECT ${audit(by, "webhook.removed")} FROM gone`.pipe(as(user), run)
        return rows.length > 0
      }),
      rotate: Effect.fn("Webhooks.rotate")(function*(user, id, by) {
        const secret = newSecret()
        const rows = yield* sql`
          WITH rotated AS (
            UPDATE webhook_subscriptions SET previous_secret = secret, secret = ${secret}, updated_at = now(),
              previous_until = now() + ${Duration.toMillis(oldSecretKept)}::float8 * interval '1 millisecond'
            WHERE subscription_id = ${id} AND user_id = ${user}
            RETURNING *
          )
          SELECT ${columns}, ${audit(by, "webhook.rotated")} FROM rotated`.pipe(as(user), one)
        return Option.map(rows, (subscription) => ({ subscription, secret: Redacted.make(secret) }))
      }),
      test: Effect.fn("Webhooks.test")(function*(user, id, by) {
        return yield* queued(
          yield* find(user, id),
          sql`
            WITH receiver AS (
              SELECT * FROM webhook_subscriptions
              WHERE subscription_id = ${id} AND user_id = ${user} AND active
                AND NOT accessa_deliveries_full(subscription_id)
            ), made AS (
              INSERT INTO webhook_deliveries (subscription_id, user_id, event, payload)
              SELECT subscription_id, user_id, 'webhook.test', jsonb_build_object('type', 'webhook.test', 'timestamp',
                to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'data', '{}'::jsonb)
              FROM receiver
              RETURNING *
            ), told AS (
              SELECT ${audit(by, "webhook.tested")} FROM receiver
            )
            SELECT ${sql.literal(deliveryColumns)}, pg_notify(${webhooksChannel}, '') FROM made, told`.pipe(as(user))
        )
      }),
      deliveries: Effect.fn("Webhooks.deliveries")(function*(user, id, { after, limit }) {
        const place = atPlace(sql, after ?? "")
        const older = after === undefined ? sql`TRUE` : sql`(created_at, delivery_id) < (${place.time}, ${place.id})`
        const rows = yield* sql`
          SELECT ${sql.literal(`${deliveryColumns}, ${deliveryPlace}`)} FROM webhook_deliveries
          WHERE subscription_id = ${id} AND user_id = ${user} AND ${older}
          ORDER BY created_at DESC, delivery_id DESC LIMIT ${limit + 1}`.pipe(as(user), readListed)
        const { next, page } = pageOf(rows, limit)
        return { deliveries: page, next }
      }),
      replay: Effect.fn("Webhooks.replay")(function*(user, id, by) {
        const known = yield* sql<{ readonly active: boolean }>`
          SELECT s.active FROM webhook_deliveries d JOIN webhook_subscriptions s USING (subscription_id)
          WHERE d.delivery_id = ${id} AND d.user_id = ${user}`.pipe(as(user), run)
        return yield* queued(
          Option.fromUndefinedOr(known[0]),
          sql`
            WITH again AS (
              UPDATE webhook_deliveries d SET status = 'pending', attempt = 0, run_at = now(), lease = NULL,
                updated_at = now()
              FROM webhook_subscriptions s
              WHERE d.delivery_id = ${id} AND d.user_id = ${user} AND s.subscription_id = d.subscription_id AND s.active
                AND (d.run_at IS NOT NULL OR NOT accessa_deliveries_full(s.subscription_id))
              RETURNING d.*, s.url, s.events, s.active
            )
            SELECT ${sql.literal(deliveryColumns)}, pg_notify(${webhooksChannel}, ''),
              ${audit(by, "webhook.replayed", "delivery_id")} FROM again`.pipe(as(user))
        )
      })
    })
  })
)

/** As in Standard Webhooks: 24 to 64 random bytes in base64. */
const newSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`
