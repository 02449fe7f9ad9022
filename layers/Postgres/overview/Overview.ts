/** The overview on Postgres, on the connections for slow reads, so that viewers never use up those of ingestion. */
import { Effect, Layer, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import type { SqlError } from "effect/sql/SqlError"
import { Overview } from "../../../services/Overview.ts"
import { Costs } from "../../../src/domain/Costs.ts"
import { errorCodes } from "../../../src/domain/ErrorCode.ts"
import { Capacity, FailureGroup, HeldJob, JobLine, Overview as Glance } from "../../../src/domain/Overview.ts"
import { jobsLookedThrough } from "../../../src/policy/lists.ts"
import { decodeRow, run } from "../connection/rows.ts"
import { SlowReads } from "../connection/SlowReads.ts"
import { DefaultBudget } from "../vectors/spending.ts"
import { costs } from "./costs.ts"
import { failures } from "./failures.ts"
import { filterJobs } from "./filterJobs.ts"
import { glance } from "./glance.ts"

/** A worker whose last heartbeat is older than this is silent. */
const silentAfterMs = 45_000

export const OverviewSql = Layer.effect(
  Overview,
  Effect.gen(function*() {
    const { sql, turn } = yield* SlowReads

    const one = <A, I>(schema: Schema.Codec<A, I>, read: Effect.Effect<Found, SqlError>) => {
      const decode = decodeRow(schema)
      return turn(run(read)).pipe(Effect.flatMap(([row]) => decode(row?.found)))
    }

    return Overview.of({
      glance: one(Glance, glance(sql, silentAfterMs)).pipe(Effect.withSpan("Overview.glance")),
      failures: one(Schema.Array(FailureRow), failures(sql)).pipe(
        Effect.map((groups) => groups.map((group) => ({ ...group, help: errorCodes[group.code].help }))),
        Effect.withSpan("Overview.failures")
      ),
      jobs: Effect.fn("Overview.jobs")(function*(filter, after, limit) {
        const wanted = filterJobs(sql, filter)
        const { jobs, next } = yield* one(JobPage, jobPage(sql, wanted, narrowed(filter), after, limit))
        return { jobs, next }
      }),
      held: one(Schema.Array(HeldJob), held(sql)).pipe(Effect.withSpan("Overview.held")),
      costs: one(Costs, costs(sql, yield* DefaultBudget)).pipe(Effect.withSpan("Overview.costs")),
      capacity: one(Capacity, capacity(sql)).pipe(Effect.withSpan("Overview.capacity"))
    })
  })
)

const { help: _, ...failureFields } = FailureGroup.fields
const FailureRow = Schema.Struct(failureFields)
const JobPage = Schema.Struct({ jobs: Schema.Array(JobLine), next: Schema.OptionFromNullOr(Schema.String) })

type Found = ReadonlyArray<{ readonly found: unknown }>

/** Filters for open or failed jobs have their own indexes; all others scan the newest jobs. */
const narrowed = (filter: Parameters<typeof filterJobs>[1]): boolean =>
  filter.some((term) =>
    term._tag === "id" || (term._tag === "is" && term.state !== "complete") ||
    (term._tag === "status" && !term.statuses.includes("complete"))
  )

const jobPage = (
  sql: SqlClient.SqlClient,
  wanted: ReturnType<typeof filterJobs>,
  isNarrowed: boolean,
  after: string | undefined,
  limit: number
) => {
  const [micros = "", job = ""] = after?.split(".") ?? []
  const from = after === undefined
    ? sql`true`
    : sql`(j.created_at, j.job_id) < ('epoch'::timestamptz + ${micros}::float8 * interval '1 microsecond', ${job}::uuid)`
  const source = isNarrowed
    ? sql`upload_jobs j`
    : sql`(SELECT * FROM upload_jobs j WHERE ${from} ORDER BY created_at DESC, job_id DESC LIMIT ${jobsLookedThrough}) j`
  return sql<Found[number]>`
    WITH looked AS (
      SELECT j.*, d.filename, d.bytes, (extract(epoch FROM j.created_at) * 1000000)::bigint::text || '.' || j.job_id AS place
      FROM ${source} JOIN documents d USING (user_id, document_id)
      WHERE ${from} AND ${wanted}
      ORDER BY j.created_at DESC, j.job_id DESC LIMIT ${limit + 1}
    ), page AS (
      SELECT * FROM looked ORDER BY created_at DESC, job_id DESC LIMIT ${limit}
    )
    SELECT json_build_object(
      'jobs', (SELECT coalesce(json_agg(json_build_object('job_id', job_id, 'document_id', document_id, 'user_id', user_id,
        'correlation_id', correlation_id, 'filename', filename, 'bytes', bytes, 'status', status, 'since', updated_at,
        'created_at', created_at, 'retry_count', retry_count, 'chunks_total', (progress->>'chunks_total')::int,
        'embeds_done', (progress->>'embeds_done')::int, 'cost_usd', cost_usd,
        'left_usd', greatest(0, coalesce((embedding_plan->>'estimated_cost_usd')::float8, 0) - cost_usd), 'error_code', last_error->>'code',
        'last_error', CASE WHEN last_error IS NULL THEN NULL ELSE json_build_object('class', last_error->>'class',
          'message', last_error->>'message') END,
        'lease_until', lease_until) ORDER BY created_at DESC, job_id DESC), '[]') FROM page),
      'next', CASE WHEN (SELECT count(*) FROM looked) > ${limit}
        THEN (SELECT place FROM page ORDER BY created_at, job_id LIMIT 1)
        ELSE ${isNarrowed ? sql`NULL` : lastLooked(sql, from)} END
    ) AS found`
}

/** Where the scanned range ends, if there is more after it. */
const lastLooked = (sql: SqlClient.SqlClient, from: ReturnType<typeof filterJobs>) =>
  sql`(
  SELECT (extract(epoch FROM j.created_at) * 1000000)::bigint::text || '.' || j.job_id FROM upload_jobs j
  WHERE ${from} ORDER BY j.created_at DESC, j.job_id DESC OFFSET ${jobsLookedThrough - 1} LIMIT 1)`

const held = (sql: SqlClient.SqlClient) =>
  sql<Found[number]>`
    SELECT coalesce(json_agg(h), '[]') AS found FROM (
      SELECT j.lease_owner AS worker_id, j.job_id, j.user_id, d.filename, j.status, j.updated_at AS since, j.lease_until
      FROM upload_jobs j JOIN documents d USING (user_id, document_id)
      WHERE j.lease_until IS NOT NULL ORDER BY j.updated_at LIMIT 200) h`

const capacity = (sql: SqlClient.SqlClient) =>
  sql<Found[number]>`
    SELECT json_build_object(
      'database_bytes', pg_database_size(current_database()),
      'connections', (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),
      'max_connections', current_setting('max_connections')::int,
      'tables', (SELECT json_agg(t ORDER BY t.bytes DESC) FROM (
        SELECT c.relname AS name, greatest(c.reltuples, 0)::bigint AS rows, pg_total_relation_size(c.oid) AS bytes,
          coalesce(s.n_dead_tup, 0) AS dead_rows
        FROM pg_class c LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
        WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace) t)
    ) AS found`
