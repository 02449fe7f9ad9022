/** Writes an alert as the monitor has judged it, and the notices to send about it. The trigger adds the event. */
import { DateTime, Effect, Option, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { AlertNotice } from "../../../src/domain/AlertNotice.ts"
import type { OpenAlert, Told } from "../../../src/domain/OpenAlert.ts"

const date = (moment: Option.Option<DateTime.Utc>) => Option.getOrNull(Option.map(moment, DateTime.toDate))
const actor = "monitor"

/** None: one of its key is open already. */
export const writeAlert = Effect.fnUntraced(function*(sql: SqlClient.SqlClient, alert: OpenAlert) {
  if (Option.isSome(alert.alertId)) {
    yield* sql`
      UPDATE alerts SET message = ${alert.message}, count = ${alert.count}, fired_at = ${date(alert.firedAt)},
        seen_at = ${DateTime.toDate(alert.seenAt)}, clear_since = ${date(alert.clearSince)},
        closed_at = ${date(alert.closedAt)}, settled = ${alert.settled},
        changed_by = CASE WHEN (fired_at IS NULL) <> (${date(alert.firedAt)}::timestamptz IS NULL)
          OR (closed_at IS NULL) <> (${date(alert.closedAt)}::timestamptz IS NULL) THEN ${actor} ELSE changed_by END,
        change_reason = CASE WHEN (closed_at IS NULL) <> (${date(alert.closedAt)}::timestamptz IS NULL) THEN NULL
          ELSE change_reason END
      WHERE alert_id = ${alert.alertId.value}`
    return alert.alertId
  }
  const [row] = yield* sql<{ readonly id: number }>`
    INSERT INTO alerts (rule, subject, key, code, severity, message, count, opened_at, fired_at, seen_at, notice_id,
      changed_by)
    VALUES (${alert.rule}, ${alert.subject}, ${alert.key}, ${alert.code}, ${alert.severity}, ${alert.message},
      ${alert.count}, ${DateTime.toDate(alert.openedAt)}, ${date(alert.firedAt)}, ${DateTime.toDate(alert.seenAt)},
      ${Option.getOrNull(alert.noticeId)}, ${actor})
    ON CONFLICT (key) WHERE closed_at IS NULL DO NOTHING
    RETURNING alert_id::float8 AS id`
  return Option.map(Option.fromNullishOr(row), ({ id }) => id)
})

const encodeNotice = Schema.encodeSync(Schema.fromJsonString(AlertNotice))

/** Each once for its sink, state and level. The end of an alert also ends the repetition of what was delivered before. */
export const addNotices = Effect.fnUntraced(function*(
  sql: SqlClient.SqlClient,
  alertId: number,
  at: DateTime.Utc,
  notices: ReadonlyArray<Told>,
  noticeOf: (told: Told) => AlertNotice
) {
  for (const told of notices) {
    const { level, sink, state } = told
    yield* sql`
      INSERT INTO alert_deliveries (alert_id, sink, state, level, notice, run_at, created_at)
      VALUES (${alertId}, ${sink}, ${state}, ${level}, ${encodeNotice(noticeOf(told))}::jsonb, ${DateTime.toDate(at)},
        ${DateTime.toDate(at)})
      ON CONFLICT ON CONSTRAINT told_once DO NOTHING`
    if (state !== "resolved") continue
    yield* sql`UPDATE alert_deliveries SET run_at = NULL
      WHERE alert_id = ${alertId} AND sink = ${sink} AND state <> 'resolved' AND delivered_at IS NOT NULL`
  }
})
