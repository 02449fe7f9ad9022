/** The monitor's side of the alerts on Postgres. */
import { DateTime, Duration, Effect, Layer, Option, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { AlertRounds } from "../../../services/AlertRounds.ts"
import { AlertNotice, AlertSinkName } from "../../../src/domain/AlertNotice.ts"
import { inTransaction } from "../connection/inTransaction.ts"
import { rowsOf, run } from "../connection/rows.ts"
import { readOpenAlerts } from "./readOpenAlerts.ts"
import { addNotices, writeAlert } from "./writeAlert.ts"

/** The only lease there is. */
const lease = "alerts"

export const AlertRoundsSql = Layer.effect(
  AlertRounds,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const millis = (duration: Duration.Duration) =>
      sql`${Duration.toMillis(duration)}::float8 * interval '1 millisecond'`

    return AlertRounds.of({
      lead: Effect.fn("AlertRounds.lead")(function*({ hostname, id, version }, duration) {
        const [row] = yield* readFence(sql`
          INSERT INTO monitor_lease AS l (name, holder, hostname, version, lease_until)
          VALUES (${lease}, ${id}, ${hostname}, ${version}, now() + ${millis(duration)})
          ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, hostname = excluded.hostname,
            version = excluded.version, lease_until = excluded.lease_until, beat_at = now(),
            fence = l.fence + CASE WHEN l.holder = excluded.holder THEN 0 ELSE 1 END
          WHERE l.holder = excluded.holder OR l.lease_until <= now()
          RETURNING fence::float8 AS fence`)
        return Option.map(Option.fromNullishOr(row), ({ fence }) => fence)
      }),
      resign: Effect.fn("AlertRounds.resign")(function*(fence) {
        yield* run(sql`UPDATE monitor_lease SET lease_until = now() WHERE name = ${lease} AND fence = ${fence}`)
      }),
      round: Effect.fn("AlertRounds.round")(
        function*(fence, at, { complete, judge, noticeOf }) {
          const [held] =
            yield* sql`SELECT 1 AS one FROM monitor_lease WHERE name = ${lease} AND fence = ${fence} FOR SHARE`
          if (held === undefined) return false
          for (const { alert, notices } of judge(yield* readOpenAlerts(sql))) {
            const alertId = yield* writeAlert(sql, alert)
            if (Option.isNone(alertId)) continue
            const written = { ...alert, alertId }
            yield* addNotices(sql, alertId.value, at, notices, (told) => noticeOf(written, told))
          }
          if (complete) {
            yield* sql`UPDATE monitor_lease SET judged_at = now() WHERE name = ${lease} AND fence = ${fence}`
          }
          return true
        },
        inTransaction(sql),
        run
      ),
      record: Effect.fn("AlertRounds.record")(
        function*(alert, noticeOf) {
          const alertId = yield* writeAlert(sql, alert)
          if (Option.isNone(alertId)) return false
          yield* addNotices(sql, alertId.value, alert.seenAt, alert.told, (told) => noticeOf(alert, told))
          yield* sql`UPDATE alert_deliveries SET run_at = NULL, delivered_at = ${DateTime.toDate(alert.seenAt)}
          WHERE alert_id = ${alertId.value}`
          return true
        },
        inTransaction(sql),
        run
      ),
      claim: Effect.fn("AlertRounds.claim")(function*(fence, at, duration) {
        const now = DateTime.toDate(at)
        return yield* readDue(sql`
          UPDATE alert_deliveries SET attempts = attempts + 1, run_at = ${now}::timestamptz + ${millis(duration)}
          WHERE delivery_id IN (
            SELECT d.delivery_id FROM alert_deliveries d WHERE d.run_at <= ${now}
              AND EXISTS (SELECT FROM monitor_lease WHERE name = ${lease} AND fence = ${fence})
              AND NOT EXISTS (SELECT FROM alert_deliveries e WHERE e.alert_id = d.alert_id AND e.sink = d.sink
                AND e.delivery_id < d.delivery_id AND e.run_at IS NOT NULL AND e.delivered_at IS NULL)
              -- A repetition is sent all the same: the sink would take the alert for resolved.
              AND NOT (d.delivered_at IS NULL AND EXISTS (SELECT FROM alerts a
                WHERE a.alert_id = d.alert_id AND a.closed_at IS NULL AND a.silenced_until > ${now}))
            ORDER BY d.run_at LIMIT 50 FOR UPDATE SKIP LOCKED
          ) RETURNING delivery_id::float8 AS "deliveryId", sink, attempts, created_at AS "createdAt", notice`)
      }),
      settle: Effect.fn("AlertRounds.settle")(function*(deliveryId, at, outcome) {
        const now = DateTime.toDate(at)
        const delivered = outcome._tag === "Delivered"
        const again = Option.getOrNull(
          Option.map(
            delivered ? outcome.repeatIn : outcome.retryIn,
            (wait) => DateTime.toDate(DateTime.addDuration(at, wait))
          )
        )
        // A notice that is repeated until the alert ends is not repeated once it has.
        yield* run(sql`
          UPDATE alert_deliveries d SET last_error = ${delivered ? null : outcome.message},
            attempts = CASE WHEN ${delivered} THEN 0 ELSE attempts END,
            delivered_at = coalesce(delivered_at, CASE WHEN ${delivered} THEN ${now}::timestamptz END),
            run_at = CASE WHEN (${delivered} OR delivered_at IS NOT NULL)
              AND (SELECT closed_at FROM alerts a WHERE a.alert_id = d.alert_id) IS NOT NULL THEN NULL
              ELSE ${again}::timestamptz END
          WHERE delivery_id = ${deliveryId}`)
      })
    })
  })
)

const readFence = rowsOf(Schema.Struct({ fence: Schema.Int }))
const readDue = rowsOf(Schema.Struct({
  deliveryId: Schema.Int,
  sink: AlertSinkName,
  attempts: Schema.Int,
  createdAt: Schema.DateTimeUtcFromDate,
  notice: AlertNotice
}))
