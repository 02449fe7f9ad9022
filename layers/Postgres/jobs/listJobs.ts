/** Pages of a user's jobs, newest first. The work per page is bounded, no matter how many jobs the user has. */
import { Effect, Option, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { type JobFilter, JobPlace } from "../../../services/Jobs.ts"
import type { UserId } from "../../../src/domain/Ids.ts"
import { jobsLookedThrough } from "../../../src/policy/lists.ts"
import { atPlace, placeOf } from "../connection/place.ts"
import { jobColumns, joinDocument } from "./jobRow.ts"

const place = `${placeOf("j.created_at", "j.job_id")} AS place`

/**
 * Returns the rows of one page and where the next one begins, if there may be one. A filter scans a limited number of jobs
 * from the page's start; if the page is not full by then, it is short and the next one continues.
 */
export const listJobs = Effect.fnUntraced(function*(sql: SqlClient.SqlClient, user: UserId, filter: JobFilter) {
  const { documentId, errorCode, filename, limit, status } = filter
  const newest = (columns: string, range: string) =>
    sql`
      SELECT ${sql.literal(columns)} FROM upload_jobs j
      WHERE ${
      sql.and([
        sql`j.user_id = ${user}`,
        ...(documentId === undefined ? [] : [sql`j.document_id = ${documentId}`]),
        ...(filter.after === undefined ? [] : [from(sql, filter.after)])
      ])
    }
      ORDER BY j.created_at DESC, j.job_id DESC ${sql.literal(range)}`
  const wanted = [
    ...(status === undefined ? [] : [sql.in("j.status", status)]),
    ...(errorCode === undefined ? [] : [sql`j.last_error->>'code' = ${errorCode}`]),
    ...(filename === undefined ? [] : [sql`position(lower(${filename}::text) IN lower(d.filename)) > 0`])
  ]
  const looked = wanted.length === 0 ? limit + 1 : jobsLookedThrough
  const rows = yield* sql<Record<string, unknown>>`
    SELECT ${sql.literal(`${jobColumns}, ${place}`)} FROM (${newest("*", `LIMIT ${looked}`)}) j
    ${sql.literal(joinDocument)}
    WHERE ${wanted.length === 0 ? sql`true` : sql.and(wanted)}
    ORDER BY j.created_at DESC, j.job_id DESC
    LIMIT ${limit + 1}`
  const page = rows.slice(0, limit)
  // One row more than requested tells whether there is a next page.
  const [end] = rows.length > limit
    ? page.slice(-1)
    : wanted.length === 0
    ? []
    : yield* newest(place, `OFFSET ${looked - 1} LIMIT 1`)
  return { page, next: end === undefined ? Option.none() : Option.some(yield* decodePlace(end)) }
})

const from = (sql: SqlClient.SqlClient, after: JobPlace) => {
  const { id, time } = atPlace(sql, after)
  return sql`(j.created_at, j.job_id) < (${time}, ${id})`
}

/** A place that does not decode is a fault of the query above, and no caller can act on it. */
const decodePlace = (row: unknown) =>
  Effect.map(Effect.orDie(Schema.decodeUnknownEffect(Schema.Struct({ place: JobPlace }))(row)), ({ place }) => place)
