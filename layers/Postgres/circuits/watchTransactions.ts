/** Alerts about long-running transactions; also closes those about refused callbacks. */
import { Duration } from "effect"
import type { SqlClient } from "effect/sql"

/** While a transaction is open, rows deleted since it began cannot be vacuumed, so tables and indexes grow. */
export const watchTransactions = (
  sql: SqlClient.SqlClient,
  longTransaction: Duration.Duration,
  closeRefusalsAfter: Duration.Duration
) =>
  sql`
    WITH held AS (
      SELECT format('Process %s (%s) has kept a transaction open since %s: vacuum cannot clean up behind it.',
        pid, name, date_trunc('second', since)) AS message
      FROM accessa_open_transactions()
      WHERE since < now() - ${Duration.toMillis(longTransaction)}::float8 * interval '1 millisecond'
      ORDER BY since LIMIT 1
    ), raised AS (
      INSERT INTO alerts (key, rule, subject, severity, code, message)
      SELECT 'database:VACUUM_HELD', 'VACUUM_HELD', 'database', 'warning', 'VACUUM_HELD', message FROM held
      ON CONFLICT (key) WHERE closed_at IS NULL DO UPDATE SET message = excluded.message, seen_at = now()
    )
    UPDATE alerts SET closed_at = now()
    WHERE closed_at IS NULL AND (code = 'VACUUM_HELD' AND NOT EXISTS (SELECT FROM held)
      OR code = 'CALLBACKS_REFUSED'
        AND seen_at < now() - ${Duration.toMillis(closeRefusalsAfter)}::float8 * interval '1 millisecond')`
