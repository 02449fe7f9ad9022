/** Figures by the hour on Postgres, each written by the process that finds its row in `upkeep` due. */
import { Duration, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { HourlyFigures } from "../../../services/HourlyFigures.ts"
import { sizesEvery } from "../../../src/policy/retention.ts"
import { run } from "../connection/rows.ts"
import { writeStatusHours } from "./statusHours.ts"

/** Their rows in `upkeep`; the others there are of rows that expire. */
export const figures = ["sizes", "spending_hours", "status_hours"] as const

const every = Duration.toSeconds(sizesEvery)

export const HourlyFiguresSql = Layer.effect(
  HourlyFigures,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const turn = (kind: (typeof figures)[number]) =>
      sql`turn AS MATERIALIZED (
        SELECT place FROM upkeep WHERE kind = ${kind} AND run_at <= now() FOR UPDATE SKIP LOCKED
      )`
    return HourlyFigures.of({
      sizes: sql`
        WITH ${turn("sizes")}, sampled AS (
          INSERT INTO capacity_samples (at, subject, rows, bytes)
          SELECT now(), s.* FROM turn CROSS JOIN (${sizes(sql)}) s
        )
        UPDATE upkeep SET ran_at = now(), caught_up_at = now(), run_at = now() + ${every}::float8 * interval '1 second'
        FROM turn WHERE kind = 'sizes' RETURNING 1 AS one`.pipe(
        run,
        Effect.map((rows) => rows.length > 0),
        Effect.withSpan("HourlyFigures.sizes")
      ),
      // Calls of an hour ago are settled, or written off as lost. `place` counts hours since 1970.
      spending: sql`
        WITH ${turn("spending_hours")}, span AS (
          SELECT greatest(to_timestamp(place * 3600), date_trunc('hour', now(), 'UTC') - interval '24 hours') AS since,
            date_trunc('hour', now(), 'UTC') - interval '1 hour' AS until FROM turn
        ), summed AS (
          INSERT INTO spending_hours SELECT s.* FROM span CROSS JOIN LATERAL (
            ${spendingBetween(sql, "span.since", "span.until")}
          ) s ON CONFLICT DO NOTHING
        ), pruned AS (
          DELETE FROM spending_hours WHERE hour < now() - interval '7 days'
        )
        UPDATE upkeep SET ran_at = now(), caught_up_at = now(), place = extract(epoch FROM until) / 3600,
          run_at = date_trunc('hour', now(), 'UTC') + interval '1 hour'
        FROM span WHERE kind = 'spending_hours' RETURNING 1 AS one`.pipe(
        run,
        Effect.map((rows) => rows.length > 0),
        Effect.withSpan("HourlyFigures.spending")
      ),
      times: writeStatusHours(sql, turn("status_hours")).pipe(
        run,
        Effect.map((rows) => rows.length > 0),
        Effect.withSpan("HourlyFigures.times")
      )
    })
  })
)

/** Rows are the database's own estimates; of a table that was never analyzed, the rows that its statistics count. */
export const sizes = (sql: SqlClient.SqlClient) =>
  sql`
    SELECT relname::text AS subject,
      CASE WHEN reltuples < 0 THEN pg_stat_get_live_tuples(oid) ELSE reltuples::bigint END AS rows,
      pg_total_relation_size(oid) AS bytes
    FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
    UNION ALL SELECT 'database', 0, pg_database_size(current_database())
    UNION ALL SELECT 'files', 0, coalesce(sum(stored_bytes), 0)::bigint FROM storage_use`

const spendingBetween = (sql: SqlClient.SqlClient, since: string, until: string) =>
  sql`
    SELECT date_trunc('hour', created_at, 'UTC') AS hour, embed_model, job_id IS NOT NULL AS document, state,
      count(DISTINCT call_id) AS calls, sum(chunks) AS chunks, sum(tokens) AS tokens, sum(cost_usd) AS usd
    FROM embedding_ledger WHERE created_at >= ${sql.literal(since)} AND created_at < ${sql.literal(until)}
    GROUP BY 1, 2, 3, 4`

/** The hours from a time on: those that are summed up, and the others from the ledger. */
export const spendingSince = (sql: SqlClient.SqlClient, since: string) =>
  sql`
    SELECT hour, embed_model, document, state, calls, chunks, tokens, usd FROM spending_hours
    WHERE hour >= ${
    sql.literal(since)
  } AND hour < (SELECT to_timestamp(place * 3600) FROM upkeep WHERE kind = 'spending_hours')
    UNION ALL (${
    spendingBetween(
      sql,
      `greatest(${since}, (SELECT to_timestamp(place * 3600) FROM upkeep WHERE kind = 'spending_hours'))`,
      "'infinity'"
    )
  })`
