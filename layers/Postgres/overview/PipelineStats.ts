/** The pipeline's numbers on Postgres, as one statement. It reads partial indexes and statistics, never the history. */
import { Duration, Effect, Layer, Option, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { PipelineStats } from "../../../services/PipelineStats.ts"
import { PipelineStats as Stats, StatementStats } from "../../../src/domain/PipelineStats.ts"
import { Leases } from "../../../src/policy/leases.ts"
import { SlowStatement } from "../../../src/policy/statements.ts"
import { rowOf, run } from "../connection/rows.ts"
import { SlowReads } from "../connection/SlowReads.ts"
import { endedStatuses } from "../jobs/endedStatuses.ts"
import { allUsers, monthOf } from "../vectors/spending.ts"
import { failedJobs, openJobs } from "./filterJobs.ts"

/** Failed jobs are kept, so that counting them all would grow with the history. */
const mostCounted = 100_000
const mostTables = 60

export const PipelineStatsSql = Layer.effect(
  PipelineStats,
  Effect.gen(function*() {
    const { sql, turn } = yield* SlowReads
    const { silentAfter } = yield* Leases
    const readStats = rowOf(Schema.Struct({ found: Stats }))
    const readStatements = rowOf(StatementStats)

    const statements = Effect.gen(function*() {
      const [view] = yield* run(sql<{ readonly name: string }>`
        SELECT format('%I.pg_stat_statements', n.nspname) AS name FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
        WHERE extname = 'pg_stat_statements'`)
      if (view === undefined) return Option.none()
      const slow = Duration.toMillis(yield* SlowStatement)
      return Option.some(
        yield* readStatements(sql`
        SELECT count(*) FILTER (WHERE mean_exec_time > ${slow}::float8)::int AS slow,
          coalesce(max(mean_exec_time), 0) / 1000 AS slowest_seconds FROM ${sql.literal(view.name)}
        WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())`)
      )
    })

    return PipelineStats.of({
      read: turn(readStats(stats(sql, Duration.toMillis(silentAfter)))).pipe(
        Effect.map(({ found }) => found),
        Effect.withSpan("PipelineStats.read")
      ),
      statements: turn(statements).pipe(Effect.withSpan("PipelineStats.statements"))
    })
  })
)

const age = (moment: string) => `coalesce(greatest(0, extract(epoch FROM now() - ${moment})), 0)`

const stats = (sql: SqlClient.SqlClient, silentAfterMs: number) =>
  sql`
    WITH open AS (
      SELECT status, count(*) AS jobs, ${sql.literal(age("min(updated_at)"))} AS oldest_seconds,
        count(*) FILTER (WHERE run_at <= now()) AS due,
        ${sql.literal(age("min(run_at)"))} AS due_seconds
      FROM upload_jobs j WHERE ${sql.literal(openJobs)} GROUP BY status
    ), failed AS (
      SELECT failure->>'status' AS status, count(*) AS jobs, ${
    sql.literal(age("min(processing_completed_at)"))
  } AS oldest_seconds
      FROM (SELECT failure, processing_completed_at FROM upload_jobs j WHERE ${
    sql.literal(failedJobs)
  } LIMIT ${mostCounted}) f
      GROUP BY 1
    ), living AS (
      SELECT state, heartbeat_at, heartbeat_at < now() - ${silentAfterMs}::float8 * interval '1 millisecond' AS is_silent
      FROM workers WHERE state <> 'stopped'
    ), connections AS (
      SELECT state, xact_start FROM pg_stat_activity WHERE datname = current_database()
    )
    SELECT json_build_object(
      'open', (SELECT coalesce(json_agg(o), '[]') FROM open o),
      'failed', (SELECT coalesce(json_agg(f), '[]') FROM failed f),
      'completed_last_hour', (SELECT count(*) FROM job_events WHERE created_at > now() - interval '1 hour'
        AND from_status IS DISTINCT FROM to_status AND to_status = 'complete'
        AND to_status IN ${sql.literal(endedStatuses)}),
      'workers', (SELECT json_build_object(
        'running', count(*) FILTER (WHERE state = 'running' AND NOT is_silent),
        'draining', count(*) FILTER (WHERE state = 'draining' AND NOT is_silent),
        'silent', count(*) FILTER (WHERE is_silent),
        'newest_seconds', extract(epoch FROM now() - max(heartbeat_at)),
        'oldest_seconds', extract(epoch FROM now() - min(heartbeat_at))) FROM living),
      'circuits', (SELECT coalesce(json_agg(json_build_object('dependency', dependency, 'state', state)), '[]') FROM providers),
      'alerts', (SELECT coalesce(json_agg(a), '[]') FROM (
        SELECT code, count(*) AS open FROM alerts WHERE closed_at IS NULL AND fired_at IS NOT NULL GROUP BY code LIMIT 100) a),
      'month_usd', coalesce((SELECT spent_usd FROM budget_spend
        WHERE month = ${sql.literal(monthOf("now()"))} AND user_id = ${allUsers}::uuid), 0),
      'limit_usd', (SELECT limit_usd FROM budgets WHERE user_id = ${allUsers}::uuid),
      'ledger', (SELECT json_build_object(
        'paid_tokens', coalesce(sum(tokens) FILTER (WHERE state = 'paid'), 0),
        'lost_tokens', coalesce(sum(tokens) FILTER (WHERE state = 'lost'), 0),
        'paid_usd', coalesce(sum(cost_usd) FILTER (WHERE state = 'paid'), 0),
        'lost_usd', coalesce(sum(cost_usd) FILTER (WHERE state = 'lost'), 0))
        FROM embedding_ledger WHERE created_at > now() - interval '1 hour'),
      'deliveries', (SELECT json_build_object('waiting', count(*), 'due_seconds', ${sql.literal(age("min(run_at)"))})
        FROM webhook_deliveries WHERE run_at IS NOT NULL),
      'database', (SELECT json_build_object(
        'bytes', pg_database_size(current_database()),
        'active', count(*) FILTER (WHERE state = 'active'),
        'idle', count(*) FILTER (WHERE state = 'idle'),
        'idle_in_transaction', count(*) FILTER (WHERE state LIKE 'idle in transaction%'),
        'other', count(*) FILTER (WHERE state IS NULL OR state NOT IN ('active', 'idle') AND state NOT LIKE 'idle in transaction%'),
        'max_connections', current_setting('max_connections')::int,
        'oldest_transaction_seconds', ${sql.literal(age("min(xact_start)"))}) FROM connections),
      'tables', (SELECT coalesce(json_agg(t), '[]') FROM (
        SELECT c.relname AS name, pg_total_relation_size(c.oid) AS bytes,
          CASE WHEN c.reltuples < 0 THEN coalesce(s.n_live_tup, 0) ELSE c.reltuples::bigint END AS rows,
          coalesce(s.n_dead_tup, 0) AS dead_rows, coalesce(s.n_tup_ins, 0) AS inserted, coalesce(s.n_tup_del, 0) AS deleted
        FROM pg_class c LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
        WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace ORDER BY bytes DESC LIMIT ${mostTables}) t)
    ) AS found`
