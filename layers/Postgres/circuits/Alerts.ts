/** The alerts on Postgres. */
import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { Alerts } from "../../../services/Alerts.ts"
import { ErrorCode } from "../../../src/domain/ErrorCode.ts"
import { rowsOf, run } from "../connection/rows.ts"
import { raiseAlert } from "./raiseAlert.ts"

export const AlertsSql = Layer.effect(
  Alerts,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    return Alerts.of({
      raise: Effect.fn("Alerts.raise")(function*({ code, key, message }) {
        yield* raiseAlert(sql, sql`VALUES (${key}, ${code}, ${message})`)
      }, run),
      list: Effect.fn("Alerts.list")(function*(which) {
        return yield* readAlerts(sql`
            SELECT alert_id::float8 AS "alertId", key, code, message, count, opened_at AS "openedAt", seen_at AS "seenAt",
              closed_at AS "closedAt"
            FROM alerts ${which === "open" ? sql`WHERE closed_at IS NULL` : sql``}
            ORDER BY alert_id DESC LIMIT 200`)
      })
    })
  })
)

const time = Schema.DateTimeUtcFromDate
const readAlerts = rowsOf(Schema.Struct({
  alertId: Schema.Int,
  key: Schema.String,
  code: ErrorCode,
  message: Schema.String,
  count: Schema.Int,
  openedAt: time,
  seenAt: time,
  closedAt: Schema.NullOr(time)
}))
