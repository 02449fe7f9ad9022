/** What an operator does about an alert: one statement with its audit entry. The trigger adds the event. */
import { DateTime } from "effect"
import type { SqlClient } from "effect/sql"
import { AlertChange } from "../../../services/Alerts.ts"
import type { AlertId } from "../../../src/domain/Alert.ts"
import type { By } from "../../../src/domain/Principal.ts"
import { alertJson } from "./alertJson.ts"

/** No row: there is no such alert. `allowed` is false where its state does not allow it; a change already made is allowed. */
export const changeAlert = (sql: SqlClient.SqlClient, id: AlertId, change: AlertChange, by: By) => {
  const { allowed, made, name, set } = AlertChange.$match(change, {
    Acknowledge: () => ({
      name: "acknowledge",
      allowed: sql`fired_at IS NOT NULL AND closed_at IS NULL`,
      made: sql`acknowledged_at IS NOT NULL`,
      set: sql`acknowledged_at = now()`
    }),
    Silence: ({ until }) => ({
      name: "silence",
      allowed: sql`closed_at IS NULL`,
      made: sql`silenced_until IS NOT DISTINCT FROM ${DateTime.toDate(until)}::timestamptz`,
      set: sql`silenced_until = ${DateTime.toDate(until)}::timestamptz`
    }),
    Unsilence: () => ({
      name: "unsilence",
      allowed: sql`closed_at IS NULL`,
      made: sql`silenced_until IS NULL`,
      set: sql`silenced_until = NULL`
    })
  })
  return sql<{ readonly found: unknown; readonly allowed: boolean }>`
    WITH before AS (
      SELECT *, ${allowed} AS allowed, ${made} AS made FROM alerts WHERE alert_id = ${id} FOR UPDATE
    ), changed AS (
      UPDATE alerts a SET ${set}, changed_by = ${by.actor}, change_reason = ${by.reason}
      FROM before WHERE a.alert_id = before.alert_id AND before.allowed AND NOT before.made
      RETURNING a.*
    ), audited AS (
      SELECT accessa_audit(${by.actor}, ${by.role}, NULL, ${`alert.${name}`}, 'alert', changed.alert_id::text, ${by.reason},
        to_jsonb(before) - 'allowed' - 'made', to_jsonb(changed), ${by.correlationId}) FROM changed JOIN before USING (alert_id)
    ), a AS (
      SELECT * FROM changed
      UNION ALL
      SELECT alerts.* FROM alerts JOIN before USING (alert_id) WHERE NOT (before.allowed AND NOT before.made)
    )
    SELECT ${alertJson(sql)} AS found, before.allowed, (SELECT count(*) FROM audited)
    FROM a JOIN before USING (alert_id)`
}
