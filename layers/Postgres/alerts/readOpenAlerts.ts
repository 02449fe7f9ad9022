/** Alerts that are not settled, locked, with the notices that were made about them. */
import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { OpenAlert } from "../../../src/domain/OpenAlert.ts"
import { rowsOf } from "../connection/rows.ts"

export const readOpenAlerts = (sql: SqlClient.SqlClient) =>
  Effect.map(
    readRows(sql`
      SELECT to_jsonb(a) || jsonb_build_object('told', (
        SELECT coalesce(jsonb_agg(jsonb_build_object('sink', sink, 'state', state, 'level', level) ORDER BY delivery_id), '[]')
        FROM alert_deliveries d WHERE d.alert_id = a.alert_id
      )) AS found
      FROM alerts a WHERE NOT settled ORDER BY alert_id FOR UPDATE OF a`),
    (rows) => rows.map(({ found }) => found)
  )

const readRows = rowsOf(Schema.Struct({ found: OpenAlert }))
