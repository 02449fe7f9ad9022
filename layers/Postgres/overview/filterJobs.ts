/** A filter of jobs as conditions on `upload_jobs j` and `documents d`. */
import type { SqlClient, Statement } from "effect/sql"
import type { JobFilter, JobTerm } from "../../../src/domain/jobFilter.ts"

/** Jobs that have not ended: each is either due or leased, and both have an index. */
export const openJobs = "(j.run_at IS NOT NULL OR j.lease_until IS NOT NULL)"
/** Set when a job fails, and cleared when it is retried. */
export const failedJobs = "j.resume_status IS NOT NULL"

export const filterJobs = (sql: SqlClient.SqlClient, filter: JobFilter): Statement.Fragment =>
  filter.length === 0 ? sql`true` : sql.and(filter.map((term) => conditionOf(sql, term)))

const conditionOf = (sql: SqlClient.SqlClient, term: JobTerm): Statement.Fragment => {
  switch (term._tag) {
    case "status": {
      const found = sql.in("j.status", term.statuses)
      if (term.statuses.every((status) => status.startsWith("failed"))) {
        return sql`${found} AND ${sql.literal(failedJobs)}`
      }
      if (term.statuses.every((status) => status !== "complete" && !status.startsWith("failed"))) {
        return sql`${found} AND ${sql.literal(openJobs)}`
      }
      return found
    }
    case "is":
      return sql.literal(
        {
          open: openJobs,
          failed: failedJobs,
          complete: "j.status = 'complete'",
          parked: `${openJobs} AND j.last_error->>'class' = 'recoverable'`,
          retrying: `${openJobs} AND j.last_error->>'class' = 'transient'`
        }[term.state]
      )
    case "errorCode":
      return sql`j.last_error->>'code' = ANY(${term.codes}::text[])`
    case "fingerprint":
      return sql`${sql.literal(failedJobs)} AND j.failure->>'fingerprint' = ${term.digits}`
    case "user":
      return sql.or(term.ids.map((id) => startsWith(sql, "j.user_id", id)))
    case "id":
      return sql.or(term.ids.flatMap((id) => anyId.map((column) => startsWith(sql, column, id))))
    case "age":
      return compared(sql, "j.updated_at", term)
    case "created":
      return compared(sql, "j.created_at", term)
    case "cost":
      return term.over ? sql`j.cost_usd > ${term.usd}` : sql`j.cost_usd < ${term.usd}`
    case "word":
      return sql.or([
        sql`position(lower(${term.text}::text) IN lower(d.filename)) > 0`,
        ...(isIdStart(term.text) ? anyId.map((column) => startsWith(sql, column, term.text.toLowerCase())) : [])
      ])
  }
}

const anyId = ["j.job_id", "j.document_id", "j.correlation_id"] as const
const isIdStart = (text: string) => /^[\da-fA-F][\da-fA-F-]{3,35}$/.test(text)

/** A range of ids, so that the index on them can be used. */
const startsWith = (sql: SqlClient.SqlClient, column: string, start: string): Statement.Fragment => {
  const digits = start.replaceAll("-", "")
  return sql`${sql.literal(column)} BETWEEN ${digits.padEnd(32, "0")}::uuid AND ${digits.padEnd(32, "f")}::uuid`
}

const compared = (
  sql: SqlClient.SqlClient,
  column: string,
  { milliseconds, over }: { readonly over: boolean; readonly milliseconds: number }
) =>
  over
    ? sql`${sql.literal(column)} < now() - ${milliseconds}::float8 * interval '1 millisecond'`
    : sql`${sql.literal(column)} > now() - ${milliseconds}::float8 * interval '1 millisecond'`
