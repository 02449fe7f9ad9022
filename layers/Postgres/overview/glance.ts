/**
 * The overview as one statement, so that its numbers belong to one moment. Nothing in it reads more than a bounded part of
 * the history.
 */
import type { SqlClient } from "effect/sql"
import { JobStatus } from "../../../src/domain/JobStatus.ts"
import { stateOf } from "../alerts/alertJson.ts"
import { endedStatuses } from "../jobs/endedStatuses.ts"
import { spendingSince } from "../upkeep/HourlyFigures.ts"
import { usualTimes } from "../upkeep/statusHours.ts"
import { allUsers, monthOf } from "../vectors/spending.ts"
import { openJobs } from "./filterJobs.ts"

/** Times are taken from this many of the newest events, and errors are counted in this many. */
const timed = 5_000
const counted = 20_000

/** One row with the column `found`, whose keys are the schema's. `silentAfterMs`: a heartbeat older than this is overdue. */
export const glance = (sql: SqlClient.SqlClient, silentAfterMs: number) =>
  sql<{ readonly found: unknown }>`
    WITH open AS (
      SELECT status, count(*) AS jobs,
        min(updated_at) FILTER (WHERE last_error->>'code' IS DISTINCT FROM 'BUDGET_EXCEEDED') AS oldest FROM upload_jobs j
      WHERE ${sql.literal(openJobs)} GROUP BY status
    ), failed AS (
      SELECT failure->>'status' AS status, count(*) AS jobs, min(processing_completed_at) AS oldest FROM upload_jobs j
      WHERE j.resume_status IS NOT NULL GROUP BY 1
    ), minute AS (
      SELECT from_status, to_status FROM job_events
      WHERE event_id > accessa_events_since(now() - interval '1 minute') AND created_at > now() - interval '1 minute'
        AND from_status IS DISTINCT FROM to_status
    ), ended AS (
      SELECT date_trunc('minute', created_at) AS minute, to_status = 'complete' AS complete, count(*) AS jobs FROM job_events
      WHERE created_at > date_trunc('minute', now()) - interval '59 minutes' AND from_status IS DISTINCT FROM to_status
        AND to_status IN ${sql.literal(endedStatuses)}
      GROUP BY 1, 2
    ), recent AS (
      SELECT to_status AS status, lead(to_status) OVER job AS next,
        extract(epoch FROM lead(created_at) OVER job - created_at) * 1000 AS ms
      FROM job_events
      WHERE event_id > greatest(accessa_events_since(now() - interval '1 hour'), (SELECT max(event_id) FROM job_events) - ${timed})
      WINDOW job AS (PARTITION BY job_id ORDER BY event_id)
    ), times AS (
      SELECT status, count(*) AS ended, count(*) FILTER (WHERE next LIKE 'failed%') AS failed,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) AS p50, percentile_cont(0.95) WITHIN GROUP (ORDER BY ms) AS p95
      FROM recent WHERE next IS NOT NULL AND next <> status GROUP BY status
    ), usual AS (
      SELECT * FROM (${usualTimes(sql)}) u
    ), limits AS (
      -- Of the same limit, what the newest answer said.
      SELECT DISTINCT ON (l.dependency, l.kind) l.* FROM workers w
      CROSS JOIN LATERAL jsonb_to_recordset(w.rate_limits) AS l(dependency text, kind text, "limit" float8, remaining float8, at timestamptz)
      WHERE w.state <> 'stopped' AND w.heartbeat_at > now() - interval '1 hour' ORDER BY l.dependency, l.kind, l.at DESC
    ), words AS (
      SELECT status, place FROM unnest(${JobStatus.literals}::text[]) WITH ORDINALITY AS w(status, place)
    ), today AS (
      SELECT coalesce(sum(usd) FILTER (WHERE state = 'paid'), 0) AS usd,
        coalesce(sum(tokens) FILTER (WHERE state = 'paid'), 0) AS tokens,
        coalesce(sum(chunks) FILTER (WHERE state = 'reused'), 0) AS reused,
        coalesce(sum(usd) FILTER (WHERE state = 'lost'), 0) AS lost
      FROM (${spendingSince(sql, "date_trunc('day', now(), 'UTC')")}) s
    ), errors AS (
      SELECT code, count(*) AS events FROM job_events
      WHERE event_id > greatest(accessa_events_since(now() - interval '1 hour'), (SELECT max(event_id) FROM job_events) - ${counted})
        AND code IS NOT NULL
      GROUP BY code
    ), shares AS (
      SELECT call_id, state, extract(epoch FROM settled_at - created_at) * 1000 AS ms FROM embedding_ledger
      WHERE created_at > now() - interval '1 hour' AND state IN ('paid', 'lost') ORDER BY created_at DESC LIMIT 5000
    ), calls AS (
      -- A call for several documents has a row for each of them.
      SELECT DISTINCT ON (call_id) state, ms FROM shares ORDER BY call_id, state
    ), latest AS (
      SELECT e.event_id, e.created_at AS at, e.job_id, j.user_id, d.filename, e.type, e.from_status, e.to_status, e.code, e.actor
      FROM (SELECT * FROM job_events ORDER BY event_id DESC LIMIT 10) e
      JOIN upload_jobs j USING (job_id) JOIN documents d USING (user_id, document_id)
      ORDER BY e.event_id DESC
    )
    SELECT json_build_object(
      'at', now(),
      'in_flight', (SELECT coalesce(sum(jobs), 0) FROM open),
      'failed', (SELECT coalesce(sum(jobs), 0) FROM failed),
      'completed_last_hour', (SELECT coalesce(sum(jobs), 0) FROM ended WHERE complete),
      'statuses', (SELECT json_agg(json_build_object(
        'status', w.status,
        'jobs', CASE WHEN w.status = 'complete' THEN (SELECT coalesce(sum(jobs), 0) FROM ended WHERE complete)
          ELSE coalesce(o.jobs, f.jobs, 0) END,
        'oldest_since', coalesce(o.oldest, f.oldest),
        'entered_last_minute', (SELECT count(*) FROM minute WHERE to_status = w.status),
        'left_last_minute', (SELECT count(*) FROM minute WHERE from_status = w.status)
      ) ORDER BY w.place) FROM words w LEFT JOIN open o USING (status) LEFT JOIN failed f USING (status)),
      'minutes', (SELECT json_agg(json_build_object(
        'at', m,
        'complete', coalesce((SELECT jobs FROM ended WHERE minute = m AND complete), 0),
        'failed', coalesce((SELECT jobs FROM ended WHERE minute = m AND NOT complete), 0)
      ) ORDER BY m) FROM generate_series(date_trunc('minute', now()) - interval '59 minutes', date_trunc('minute', now()),
        interval '1 minute') AS m),
      'stages', (SELECT json_agg(json_build_object('status', w.status, 'ended', coalesce(t.ended, 0),
        'failed', coalesce(t.failed, 0), 'p50_ms', t.p50, 'p95_ms', t.p95, 'usual_p50_ms', u.p50_ms, 'usual_p95_ms', u.p95_ms)
        ORDER BY w.place)
        FROM words w LEFT JOIN times t USING (status) LEFT JOIN usual u USING (status) WHERE w.status NOT IN ${
    sql.literal(endedStatuses)
  }),
      'workers', (SELECT coalesce(json_agg(w ORDER BY w.heartbeat_at DESC), '[]') FROM (
        SELECT worker_id, hostname, version, jobs, stale_writes, started_at, heartbeat_at,
          (SELECT coalesce(json_agg(round(extract(epoch FROM now() - b), 1) ORDER BY b DESC), '[]') FROM unnest(beats) AS b) AS beats,
          CASE WHEN state <> 'stopped' AND heartbeat_at < now() - ${silentAfterMs}::float8 * interval '1 millisecond'
            THEN 'silent' ELSE state END AS state
        FROM workers WHERE state <> 'stopped' OR heartbeat_at > now() - interval '1 hour'
        ORDER BY heartbeat_at DESC LIMIT 200) w),
      'providers', (SELECT coalesce(json_agg(json_build_object('name', dependency, 'state', state, 'code', code, 'since', since,
        'probe_at', probe_at, 'limits', (SELECT coalesce(json_agg(l ORDER BY l.kind), '[]') FROM limits l
          WHERE l.dependency = p.dependency)) ORDER BY dependency), '[]') FROM providers p),
      'alerts', (SELECT coalesce(json_agg(json_build_object('alert_id', alert_id, 'key', key, 'code', code, 'message', message,
        'rule', rule, 'subject', subject, 'severity', severity, 'state', ${
    sql.literal(stateOf)
  }, 'opened_at', opened_at)
        ORDER BY alert_id DESC), '[]') FROM alerts a WHERE closed_at IS NULL AND fired_at IS NOT NULL),
      'errors', (SELECT coalesce(json_agg(e ORDER BY e.events DESC), '[]') FROM errors e),
      'calls', (SELECT json_build_object('made', count(*), 'lost', count(*) FILTER (WHERE state = 'lost'),
        'p50_ms', percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE state = 'paid'),
        'p95_ms', percentile_cont(0.95) WITHIN GROUP (ORDER BY ms) FILTER (WHERE state = 'paid')) FROM calls),
      'spend', (SELECT json_build_object('today_usd', usd, 'tokens_today', tokens, 'reused_today', reused, 'lost_today_usd', lost,
          'month_usd', coalesce((SELECT spent_usd FROM budget_spend
          WHERE month = ${sql.literal(monthOf("now()"))} AND user_id = ${allUsers}::uuid), 0),
        'limit_usd', (SELECT limit_usd FROM budgets WHERE user_id = ${allUsers}::uuid)) FROM today),
      'changes', (SELECT coalesce(json_agg(l), '[]') FROM latest l)
    ) AS found`
