/** At most one alert is open per key, no matter how often it is raised. */
import type { SqlClient } from "effect/sql"
import type { Fragment } from "effect/sql/Statement"
import type { AlertRuleName } from "../../../src/domain/AlertRule.ts"
import { alertRules } from "../../../src/domain/AlertRule.ts"

/** `rows`: a query of key, subject, code and message of the alerts to raise. */
export const raiseAlert = (sql: SqlClient.SqlClient, rule: AlertRuleName, rows: Fragment) =>
  sql`
    INSERT INTO alerts (rule, severity, key, subject, code, message)
    SELECT ${rule}, ${alertRules[rule].severity}, raised.* FROM (${rows}) raised
    ON CONFLICT (key) WHERE closed_at IS NULL
      DO UPDATE SET count = alerts.count + 1, message = excluded.message, seen_at = now(), clear_since = NULL`
