/** The facts of the pipeline as one statement. It reads jobs on the way, recent events and statistics, never the history. */
import type { SqlClient } from "effect/sql"
import { errorCodes } from "../../../src/domain/ErrorCode.ts"
import { endedStatuses } from "../jobs/endedStatuses.ts"
import { openJobs } from "../overview/filterJobs.ts"
import { usualTimes } from "../upkeep/statusHours.ts"
import { allUsers, limitOf, monthOf } from "../vectors/spending.ts"

/** Null without a moment, which `greatest` alone would make 0. */
const age = (moment: string) =>
  `(CASE WHEN ${moment} IS NOT NULL THEN greatest(0, extract(epoch FROM now() - ${moment})) END)::float8`
/** The history of a job records only the first refusal; with this code it is refused again and again until it continues. */
const rateLimits = `(${
  Object.entries(errorCodes).filter(([, { circuit }]) => circuit === "rate").map(([code]) => `'${code}'`).join(", ")
})`
/** The condition of the index `job_events_ended`. */
const endings = `from_status IS DISTINCT FROM to_status AND to_status IN ${endedStatuses}`
/** Events are numbered as they come: of a busy hour, the newest suffice. */
const newest = 20_000

export const pipelineFacts = (sql: SqlClient.SqlClient, stuckAfter: number, defaultBudget: number | null) =>
  sql<{ readonly found: unknown }>`
    WITH open AS MATERIALIZED (
      SELECT job_id, user_id, status, run_at, lease_until, updated_at, poll_deadline, last_error->>'code' AS code
      FROM upload_jobs j WHERE ${sql.literal(openJobs)}
    ), stuck AS (
      SELECT job_id, status, updated_at, false AS lost FROM open
      WHERE updated_at < now() - ${stuckAfter}::float8 * interval '1 second'
        AND (lease_until IS NOT NULL OR poll_deadline < now() - interval '1 minute')
      UNION ALL
      SELECT job_id, status, updated_at, true FROM upload_jobs
      WHERE run_at IS NULL AND lease_until IS NULL AND processing_completed_at IS NULL
        AND updated_at < now() - interval '1 minute' AND status NOT IN ${sql.literal(endedStatuses)}
    ), recent AS MATERIALIZED (
      SELECT job_id, from_status, to_status, code, created_at FROM job_events
      WHERE event_id > greatest(accessa_events_since(now() - interval '15 minutes'),
          (SELECT max(event_id) FROM job_events) - ${newest})
        AND created_at > now() - interval '15 minutes'
    ), late AS (
      SELECT job_id, code FROM recent WHERE created_at > now() - interval '5 minutes'
    ), limited AS (
      SELECT job_id, code FROM open
      WHERE code IN ${sql.literal(rateLimits)} AND status <> 'parse_queued' AND lease_until IS NULL
    ), ended AS (
      SELECT job_id, to_status, code FROM job_events
      WHERE created_at > now() - interval '15 minutes' AND ${sql.literal(endings)} ORDER BY created_at DESC LIMIT 2000
    ), latest AS (
      SELECT extract(epoch FROM e.created_at - j.created_at) AS seconds FROM (
        SELECT job_id, created_at FROM job_events
        WHERE created_at > now() - interval '15 minutes' AND ${sql.literal(endings)} AND to_status = 'complete'
        ORDER BY created_at DESC LIMIT 300
      ) e JOIN upload_jobs j USING (job_id)
    ), usual AS (
      SELECT jobs, p95_ms FROM (${usualTimes(sql)}) u WHERE status = 'complete'
    ), parses AS (
      SELECT DISTINCT job_id FROM recent WHERE from_status = 'parse_queued' AND to_status = 'parsed' LIMIT 500
    ), spending AS (
      SELECT coalesce(s.user_id, b.user_id) AS user_id, coalesce(s.spent_usd, 0) AS spent,
        ${limitOf(sql, "coalesce(s.user_id, b.user_id)", defaultBudget)} AS allowed
      FROM (SELECT * FROM budget_spend WHERE month = ${sql.literal(monthOf("now()"))}) s
      FULL JOIN budgets b ON b.user_id = s.user_id
    ), parked AS (
      SELECT user_id FROM open WHERE code = 'BUDGET_EXCEEDED' GROUP BY user_id LIMIT 20
    ), budgets_seen AS (
      SELECT nullif(user_id, ${allUsers}::uuid) AS "user", spent / nullif(allowed, 0) AS share,
        user_id IN (SELECT user_id FROM parked) AS parked
      FROM spending WHERE allowed > 0 AND spent >= allowed / 2
      UNION ALL
      SELECT user_id, 1, true FROM parked
      WHERE user_id NOT IN (SELECT user_id FROM spending WHERE allowed > 0 AND spent >= allowed / 2)
    )
    SELECT json_build_object(
      'workers', (SELECT coalesce(json_agg(json_build_object('worker', w.worker_id, 'hostname', w.hostname,
          'clockAheadMs', w.clock_ahead_ms,
          'age', ${sql.literal(age("w.heartbeat_at"))},
          'replaced', EXISTS (SELECT FROM workers n WHERE n.started_at > w.heartbeat_at))), '[]')
        FROM (SELECT * FROM workers WHERE state <> 'stopped' AND heartbeat_at > now() - interval '1 day'
          ORDER BY heartbeat_at DESC LIMIT 100) w),
      'dueFor', (SELECT ${sql.literal(age("min(run_at)"))} FROM open WHERE run_at <= now()),
      'lastMove', (SELECT ${sql.literal(age("created_at"))} FROM job_events ORDER BY event_id DESC LIMIT 1),
      'lastCompleted', (SELECT ${sql.literal(age("created_at"))} FROM job_events
        WHERE ${sql.literal(endings)} AND to_status = 'complete' ORDER BY created_at DESC LIMIT 1),
      'stuckJobs', (SELECT coalesce(json_agg(json_build_object('job', job_id, 'status', status,
          'age', ${sql.literal(age("updated_at"))}, 'lost', lost)), '[]')
        FROM (SELECT * FROM stuck ORDER BY updated_at LIMIT 20) s),
      'poison', (SELECT coalesce(json_agg(json_build_object('job', job_id, 'document', document_id)), '[]') FROM (
        SELECT DISTINCT j.job_id, j.document_id FROM ended e JOIN upload_jobs j USING (job_id)
        WHERE e.code = 'WORKER_CRASHED' AND j.status = e.to_status LIMIT 20) p),
      'errors', (SELECT coalesce(json_agg(json_build_object('code', code, 'times', times)), '[]') FROM (
        SELECT code, count(*) AS times FROM (
          SELECT job_id, code FROM late WHERE code <> 'CANCELLED'
          UNION ALL
          SELECT job_id, code FROM limited WHERE (job_id, code) NOT IN (SELECT job_id, code FROM late WHERE code IS NOT NULL)
        ) e GROUP BY code) e),
      'ended', (SELECT json_build_object('complete', count(*) FILTER (WHERE to_status = 'complete'),
        'failed', count(*) FILTER (WHERE to_status <> 'complete' AND code IS DISTINCT FROM 'CANCELLED')) FROM ended),
      'latency', json_build_object(
        'recent', (SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds) FROM latest),
        'recentJobs', (SELECT count(*) FROM latest),
        'usual', (SELECT p95_ms / 1000 FROM usual),
        'usualJobs', coalesce((SELECT jobs FROM usual), 0)),
      'budgets', (SELECT coalesce(json_agg(b), '[]')
        FROM (SELECT * FROM budgets_seen ORDER BY parked DESC, share DESC LIMIT 20) b),
      'parses', (SELECT json_build_object('ended', count(*), 'polled', count(*) FILTER (
        WHERE NOT EXISTS (SELECT FROM webhook_receipts r WHERE r.job_id = p.job_id))) FROM parses p)
    ) AS found`

/** Autovacuum, whose `ANALYZE` holds a transaction for as long as its table needs, has no name; one that is ending has no start. */
const ofClients = "name IS NOT NULL AND since IS NOT NULL"

export const databaseFacts = (sql: SqlClient.SqlClient) =>
  sql<{ readonly found: unknown }>`
    SELECT json_build_object(
      'connections', json_build_object('used', (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),
        'most', current_setting('max_connections')::int),
      'bufferBytesPerHour', (SELECT 3600 * (sum(pg_total_relation_size(subject::regclass)) - sum(bytes))::float8
          / extract(epoch FROM now() - at)
        FROM capacity_samples WHERE subject IN ('document_chunk_buffer', 'document_vector_buffer')
          AND at BETWEEN now() - interval '2 hours' AND now() - interval '10 minutes'
        GROUP BY at ORDER BY at DESC LIMIT 1),
      'sinks', (SELECT coalesce(json_agg(json_build_object('sink', sink, 'attempts', attempts, 'error', last_error)), '[]')
        FROM (SELECT DISTINCT ON (sink) sink, attempts, last_error FROM alert_deliveries d
          WHERE run_at IS NOT NULL AND last_error IS NOT NULL
            -- One that waits for the end of a silence says nothing of a sink that has taken others since.
            AND NOT EXISTS (SELECT FROM alert_deliveries e WHERE e.sink = d.sink AND e.delivered_at > d.run_at)
          ORDER BY sink, attempts DESC) d),
      'failedReleases', (SELECT coalesce(json_agg(json_build_object('environment', environment, 'version', version,
          'outcome', outcome, 'reason', coalesce(reason, ''))), '[]')
        FROM (SELECT DISTINCT ON (environment) * FROM releases
          WHERE ended_at > now() - interval '7 days' ORDER BY environment, ended_at DESC) r
        WHERE outcome <> 'promoted' AND NOT EXISTS (SELECT FROM alerts a
          WHERE a.key IN ('RELEASE_ROLLED_BACK:' || r.environment, 'RELEASE_NEEDS_A_PERSON:' || r.environment)
            AND a.acknowledged_at > r.ended_at)),
      'transaction', (SELECT json_build_object('pid', pid, 'name', name, 'age', ${sql.literal(age("since"))})
        FROM accessa_open_transactions() WHERE ${sql.literal(ofClients)} ORDER BY since LIMIT 1),
      'compliance', (SELECT json_build_object('age', ${sql.literal(age("checked_at"))}, 'faults', (
          SELECT coalesce(json_agg(json_build_object('name', f->>'name', 'found', f->>'found')), '[]')
          FROM jsonb_array_elements(findings) f WHERE NOT (f->>'ok')::boolean))
        FROM compliance_checks ORDER BY day DESC LIMIT 1)
    ) AS found`
