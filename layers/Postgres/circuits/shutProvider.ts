/** Takes a service out for all workers, and raises the one alert about it. */
import { Duration } from "effect"
import type { SqlClient } from "effect/sql"
import type { Shutting } from "../../../services/Providers.ts"
import { providersPayload, workChannel } from "../connection/channels.ts"

/** Whoever was refused stays refused until a probe: that calls also time out does not shorten the wait. */
export const shutProvider = (sql: SqlClient.SqlClient, shutting: Shutting) => {
  const { actor, code, dependency, failures, message, probeAfter, state } = shutting
  return sql`
    WITH shut AS (
      UPDATE providers SET state = ${state}, code = ${code}, message = ${message}, failures = ${failures},
        opened_at = coalesce(opened_at, now()), since = CASE WHEN state = ${state} THEN since ELSE now() END,
        probe_at = now() + ${Duration.toMillis(probeAfter)}::float8 * interval '1 millisecond',
        updated_by = ${actor}, reason = NULL
      WHERE dependency = ${dependency} AND NOT (state = 'halted' AND ${state}::text = 'open')
    ), raised AS (
      INSERT INTO alerts (key, code, message) VALUES (${`${dependency}:${code}`}, ${code}, ${message})
      ON CONFLICT (key) WHERE closed_at IS NULL
        DO UPDATE SET count = alerts.count + 1, message = excluded.message, seen_at = now()
    )
    SELECT pg_notify(${workChannel}, ${providersPayload})`
}
