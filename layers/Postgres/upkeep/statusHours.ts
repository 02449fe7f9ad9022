/** How long jobs stayed in each status, by the hour: what is usual. */
import { Duration } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import { usualOver } from "../../../src/policy/retention.ts"

/** Events that one round reads at most. */
const newest = 200_000
const window = Duration.toSeconds(usualOver)

/** The hours that are over and not written yet, of the last day. `turn` is the CTE with the place reached, in hours since 1970. */
export const writeStatusHours = (sql: SqlClient.SqlClient, turn: Statement.Fragment) =>
  sql`
    WITH ${turn}, span AS (
      SELECT greatest(to_timestamp(place * 3600), date_trunc('hour', now(), 'UTC') - interval '24 hours') AS since,
        date_trunc('hour', now(), 'UTC') AS until FROM turn
    ), events AS MATERIALIZED (
      SELECT e.* FROM span CROSS JOIN LATERAL (
        SELECT event_id, job_id, from_status, to_status, created_at FROM job_events
        WHERE event_id > greatest(accessa_events_since(span.since - interval '1 hour'),
          (SELECT max(event_id) FROM job_events) - ${newest})
      ) e
    ), stays AS (
      SELECT to_status AS status, lead(to_status) OVER job AS next, lead(created_at) OVER job AS ended,
        extract(epoch FROM lead(created_at) OVER job - created_at) * 1000 AS ms
      FROM events WINDOW job AS (PARTITION BY job_id ORDER BY event_id)
    ), took AS (
      SELECT status, ended, ms FROM stays WHERE next <> status
      UNION ALL
      SELECT 'complete', e.created_at, extract(epoch FROM e.created_at - j.created_at) * 1000
      FROM events e JOIN upload_jobs j USING (job_id) WHERE e.to_status = 'complete' AND e.from_status <> 'complete'
    ), written AS (
      INSERT INTO status_hours (hour, status, jobs, p50_ms, p95_ms)
      SELECT date_trunc('hour', ended, 'UTC'), status, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY ms),
        percentile_cont(0.95) WITHIN GROUP (ORDER BY ms)
      FROM took, span WHERE ended >= since AND ended < until AND ms >= 0 GROUP BY 1, 2
      ON CONFLICT DO NOTHING
    ), pruned AS (
      DELETE FROM status_hours WHERE hour < now() - ${window}::float8 * interval '1 second'
    )
    UPDATE upkeep SET ran_at = now(), caught_up_at = now(), place = extract(epoch FROM until) / 3600,
      run_at = date_trunc('hour', now(), 'UTC') + interval '1 hour'
    FROM span WHERE kind = 'status_hours' RETURNING 1 AS one`

/** By status: the median of the hours, so that one bad hour does not change what is usual. */
export const usualTimes = (sql: SqlClient.SqlClient) =>
  sql`
    SELECT status, sum(jobs)::float8 AS jobs, percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_ms) AS p50_ms,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY p95_ms) AS p95_ms
    FROM status_hours WHERE hour > now() - ${window}::float8 * interval '1 second' GROUP BY status`
