/** At most one alert is open for a key, however many raise it. */
import type { SqlClient } from "effect/sql"
import type { Fragment } from "effect/sql/Statement"

/** `rows`: key, code and message of those to raise, as a query. */
export const raiseAlert = (sql: SqlClient.SqlClient, rows: Fragment) =>
  sql`
    INSERT INTO alerts (key, code, message) ${rows}
    ON CONFLICT (key) WHERE closed_at IS NULL
      DO UPDATE SET count = alerts.count + 1, message = excluded.message, seen_at = now()`
