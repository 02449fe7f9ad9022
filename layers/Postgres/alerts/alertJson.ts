/** An alert, its events and its deliveries as JSON, in the shape of `src/domain/Alert.ts`. */
import type { SqlClient } from "effect/sql"

/** Of a row `a` of alerts. */
export const alertJson = (sql: SqlClient.SqlClient) =>
  sql.literal(
    `json_build_object('alert_id', a.alert_id, 'rule', a.rule, 'subject', a.subject, 'key', a.key, 'code', a.code,
    'severity', a.severity, 'state', ${stateOf}, 'message', a.message, 'count', a.count, 'opened_at', a.opened_at,
    'fired_at', a.fired_at, 'seen_at', a.seen_at, 'acknowledged_at', a.acknowledged_at,
    'silenced_until', CASE WHEN a.silenced_until > now() THEN a.silenced_until END, 'closed_at', a.closed_at,
    'changed_by', a.changed_by, 'change_reason', a.change_reason, 'level', (
      SELECT level FROM alert_deliveries d WHERE d.alert_id = a.alert_id
      ORDER BY array_position(ARRAY['team', 'lead', 'manager'], level) DESC LIMIT 1
    ))`
  )

/** Of a row `a` of alerts; times alone decide, so that no two columns can contradict each other. */
export const stateOf = `CASE WHEN a.closed_at IS NOT NULL THEN 'resolved' WHEN a.silenced_until > now() THEN 'silenced'
    WHEN a.acknowledged_at IS NOT NULL THEN 'acknowledged' WHEN a.fired_at IS NOT NULL THEN 'firing' ELSE 'pending' END`

export const historyJson = (sql: SqlClient.SqlClient) =>
  sql`json_build_object('alert', ${alertJson(sql)},
    'events', (SELECT coalesce(json_agg(json_build_object('event_id', event_id, 'at', at, 'type', type, 'actor', actor,
      'reason', reason, 'silenced_until', silenced_until) ORDER BY event_id), '[]')
      FROM alert_events e WHERE e.alert_id = a.alert_id),
    'deliveries', (SELECT coalesce(json_agg(json_build_object('sink', sink, 'state', state, 'level', level,
      'attempts', attempts, 'created_at', created_at, 'delivered_at', delivered_at, 'run_at', run_at,
      'last_error', last_error) ORDER BY delivery_id), '[]')
      FROM alert_deliveries d WHERE d.alert_id = a.alert_id))`
