/** At most one alert is open per key, no matter how often it is raised. */
import type { SqlClient } from "effect/sql"
import type { Fragment } from "effect/sql/Statement"

/** `rows`: a query of key, code and message of the alerts to raise. */
export const raiseAlert = (sql: SqlClient.SqlClient, rows: Fragment) =>
  sql`
    INSERT INTO alerts (key, code, message) ${rows}
    ON CONFLICT (key) WHERE closed_at IS NULL
      DO UPDATE SET count = alerts.count + 1, message = excluded.message, seen_at = now()`
