/** The week before that day: how long documents took by the hour, how large the tables were, and what is left of a rate limit. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { HourlyFiguresSql, sizes } from "../../layers/Postgres/upkeep/HourlyFigures.ts"
import { HourlyFigures } from "../../services/HourlyFigures.ts"
import { path, workers } from "./makeJobs.ts"

export const usual = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const whole = path.reduce((sum, [, seconds]) => sum + seconds, 0)
  for (const [status, seconds] of path) {
    const ms = (status === "complete" ? whole : seconds) * 1_000
    yield* sql`INSERT INTO status_hours (hour, status, jobs, p50_ms, p95_ms)
      SELECT h, ${status}, 120, ${ms}::float8 * (1.3 + 0.2 * sin(n)), ${ms}::float8 * (2.2 + 0.3 * sin(n))
      FROM generate_series(1, 160) AS n, LATERAL (SELECT date_trunc('hour', now()) - n * interval '1 hour' AS h) AS t
      ON CONFLICT DO NOTHING`
  }
  yield* sql`INSERT INTO capacity_samples (at, subject, rows, bytes)
    SELECT now() - n * interval '1 day', s.subject, s.rows, s.bytes - s.bytes * n / 90 FROM (${
    sizes(sql)
  }) s, generate_series(1, 6) AS n
    ON CONFLICT DO NOTHING`
  yield* sql`UPDATE upkeep SET place = 0, run_at = now() WHERE kind = 'spending_hours'`
  yield* Effect.flatMap(HourlyFigures, ({ spending }) => spending).pipe(Effect.provide(HourlyFiguresSql))
})

/** Every ten seconds, but for one worker that has fallen silent, and one that missed a minute. */
export const heartbeats = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  for (const [n, { id }] of workers.entries()) {
    const ago = n === 0 ? 124 : n * 2 + 1
    yield* sql`UPDATE workers SET heartbeat_at = now() - ${ago}::float8 * interval '1 second', beats = ARRAY(
        SELECT now() - (${ago}::float8 + 10 * b) * interval '1 second' FROM generate_series(0, 29) AS b
        WHERE ${n}::int <> 2 OR b NOT BETWEEN 12 AND 17),
      rate_limits = json_build_array(json_build_object('dependency', 'embedder', 'kind', 'tokens', 'limit', 5000000,
        'remaining', 1950000, 'at', now() - interval '2 seconds')) WHERE worker_id = ${id}`
  }
})
