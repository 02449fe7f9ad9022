/** Sizes now and their growth since a sample of a week ago, or the oldest one: from catalogs and samples, never by counting. */
import { Context, Duration } from "effect"
import type { SqlClient } from "effect/sql"
import { growthOver } from "../../../src/policy/retention.ts"
import { figures, sizes } from "../upkeep/HourlyFigures.ts"

/** How many bytes the database may grow to; null: unknown. */
export const DatabaseLimit = Context.Reference<number | null>("accessa/layers/Overview/DatabaseLimit", {
  defaultValue: () => null
})

const window = Duration.toSeconds(growthOver)

export const capacity = (sql: SqlClient.SqlClient, limitBytes: number | null) =>
  sql<{ readonly found: unknown }>`
    WITH sizes AS MATERIALIZED (${sizes(sql)}), before AS MATERIALIZED (
      SELECT DISTINCT ON (subject) subject, at, bytes, (extract(epoch FROM now() - at) / 86400)::float8 AS days
      FROM capacity_samples WHERE at >= now() - ${window}::float8 * interval '1 second' ORDER BY subject, at
    ), grown AS MATERIALIZED (
      SELECT s.*, b.at AS since, (s.bytes - b.bytes) / b.days AS bytes_per_day
      FROM sizes s LEFT JOIN before b ON b.subject = s.subject AND b.days > 1.0 / 24
    ), whole AS (
      SELECT * FROM grown WHERE subject = 'database'
    )
    SELECT json_build_object(
      'database_bytes', whole.bytes,
      'files_bytes', files.bytes,
      'connections', (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),
      'max_connections', current_setting('max_connections')::int,
      'growth', json_build_object(
        'since', whole.since,
        'database_bytes_per_day', whole.bytes_per_day,
        'files_bytes_per_day', files.bytes_per_day,
        'limit_bytes', ${limitBytes}::float8,
        'days_left', CASE WHEN whole.bytes_per_day > 0 AND ${limitBytes}::float8 IS NOT NULL
          THEN greatest(0, (${limitBytes}::float8 - whole.bytes) / whole.bytes_per_day) END),
      'tables', (SELECT json_agg(t ORDER BY t.bytes DESC) FROM (
        SELECT g.subject AS name, g.rows, g.bytes, g.bytes_per_day, coalesce(s.n_dead_tup, 0) AS dead_rows
        FROM grown g LEFT JOIN pg_stat_user_tables s ON s.relname = g.subject AND s.schemaname = current_schema()
        WHERE g.subject NOT IN ('database', 'files')) t),
      'retention', (SELECT json_agg(json_build_object('kind', kind, 'kept_days', extract(epoch FROM kept) / 86400, 'ran_at', ran_at,
        'caught_up_at', caught_up_at, 'removed', removed) ORDER BY kind) FROM upkeep
        WHERE NOT ${sql.in("kind", figures)})
    ) AS found FROM whole, grown files WHERE files.subject = 'files'`
