/** The alerts on Postgres. */
import { Effect, Layer, Option, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { AlertChanged, type AlertFilter, Alerts } from "../../../services/Alerts.ts"
import { Alert, AlertHistory, MonitorStatus } from "../../../src/domain/Alert.ts"
import { rowsOf, run } from "../connection/rows.ts"
import { alertJson, historyJson, stateOf } from "./alertJson.ts"
import { changeAlert } from "./changeAlert.ts"
import { raiseAlert } from "./raiseAlert.ts"

export const AlertsSql = Layer.effect(
  Alerts,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient

    const wanted = ({ rule, severity, state, which }: AlertFilter) =>
      sql.and([
        state === undefined
          ? sql`a.fired_at IS NOT NULL AND (${which === "all"} OR a.closed_at IS NULL)`
          : sql`${sql.literal(stateOf)} = ${state}`,
        ...rule === undefined ? [] : [sql`a.rule = ${rule}`],
        ...severity === undefined ? [] : [sql`a.severity = ${severity}`]
      ])

    return Alerts.of({
      raise: Effect.fn("Alerts.raise")(function*({ message, rule, subject }) {
        const key = subject === "" ? rule : `${rule}:${subject}`
        yield* raiseAlert(sql, rule, sql`VALUES (${key}, ${subject}, ${rule}, ${message})`)
      }, run),
      list: Effect.fn("Alerts.list")(function*(filter) {
        const rows = yield* readAlerts(sql`
          SELECT ${alertJson(sql)} AS found FROM alerts a WHERE ${wanted(filter)} ORDER BY alert_id DESC LIMIT 200`)
        return rows.map(({ found }) => found)
      }),
      find: Effect.fn("Alerts.find")(function*(id) {
        const [row] = yield* readHistory(sql`SELECT ${historyJson(sql)} AS found FROM alerts a WHERE alert_id = ${id}`)
        return Option.map(Option.fromNullishOr(row), ({ found }) => found)
      }),
      change: Effect.fn("Alerts.change")(function*(id, change, by) {
        const [row] = yield* readChanged(changeAlert(sql, id, change, by))
        if (row === undefined) return AlertChanged.Missing()
        return row.allowed ? AlertChanged.Changed({ alert: row.found }) : AlertChanged.Refused({ alert: row.found })
      }),
      monitor: readMonitor(sql`
        SELECT json_build_object('hostname', hostname, 'version', version, 'beat_at', beat_at, 'judged_at', judged_at,
          'alive', lease_until > now()) AS found
        FROM monitor_lease`).pipe(
        Effect.map(([row]) => Option.map(Option.fromNullishOr(row), ({ found }) => found)),
        Effect.withSpan("Alerts.monitor")
      )
    })
  })
)

const readAlerts = rowsOf(Schema.Struct({ found: Alert }))
const readHistory = rowsOf(Schema.Struct({ found: AlertHistory }))
const readChanged = rowsOf(Schema.Struct({ found: Alert, allowed: Schema.Boolean }))
const readMonitor = rowsOf(Schema.Struct({ found: MonitorStatus }))
