/** A page of jobs of all users, newest first. The work for one page is bounded, however many jobs there are. */
import type { SqlClient } from "effect/sql"
import type { JobFilter, JobTerm } from "../../../src/domain/jobFilter.ts"
import { jobsLookedThrough } from "../../../src/policy/lists.ts"
import { atPlace, placeOf } from "../connection/place.ts"
import { failedJobs, filterJobs } from "./filterJobs.ts"

/** Open jobs, failed ones and ids have indexes of their own; all other terms look through the newest jobs that these leave. */
const hasIndex = (term: JobTerm): boolean =>
  term._tag === "id" || (term._tag === "is" && term.state !== "complete") ||
  (term._tag === "status" && !term.statuses.includes("complete"))

/** `after`: the place of a job, from `next`. Pages that are longer than usual look through more. */
export const jobPage = (sql: SqlClient.SqlClient, filter: JobFilter, after: string | undefined, limit: number) => {
  const { id, time } = atPlace(sql, after ?? "")
  const place = sql.literal(placeOf("j.created_at", "j.job_id"))
  const range = sql.and([
    filterJobs(sql, filter.filter(hasIndex)),
    ...(filter.some(({ _tag }) => _tag === "fingerprint") ? [sql`${sql.literal(failedJobs)}`] : []),
    after === undefined
      ? sql`true`
      : sql`(j.created_at, j.job_id) < (${time}, ${id})`
  ])
  const most = Math.max(jobsLookedThrough, limit * 50)
  return sql<{ readonly found: unknown }>`
    WITH looked AS (
      SELECT j.*, d.filename, d.bytes, ${place} AS place
      FROM (SELECT * FROM upload_jobs j WHERE ${range} ORDER BY created_at DESC, job_id DESC LIMIT ${most}) j
      JOIN documents d USING (user_id, document_id)
      WHERE ${filterJobs(sql, filter.filter((term) => !hasIndex(term)))}
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
        'lease_until', lease_until, 'warnings', coalesce(parse_report->'warnings', '[]'))
        ORDER BY created_at DESC, job_id DESC), '[]') FROM page),
      -- Otherwise where the stretch that was looked through ends, if there is more behind it.
      'next', CASE WHEN (SELECT count(*) FROM looked) > ${limit}
        THEN (SELECT place FROM page ORDER BY created_at, job_id LIMIT 1)
        ELSE (
          SELECT ${place} FROM upload_jobs j
          WHERE ${range} ORDER BY j.created_at DESC, j.job_id DESC OFFSET ${most - 1} LIMIT 1
        ) END
    ) AS found`
}
