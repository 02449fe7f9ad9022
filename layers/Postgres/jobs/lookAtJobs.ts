/** Reads many users' jobs in one statement: the state of each, and its history after an event. */
import { Effect, Exit, Option, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import type { JobLook } from "../../../services/Jobs.ts"
import type { JobId, UserId } from "../../../src/domain/Ids.ts"
import { JobEvent } from "../../../src/domain/Job.ts"
import { JobStatus } from "../../../src/domain/JobStatus.ts"
import type { ServiceError } from "../../../src/domain/ServiceError.ts"
import { asUsers } from "../connection/asUser.ts"
import { decodeRows, rowsOf, run } from "../connection/rows.ts"

export interface LookRequest {
  readonly user: UserId
  readonly job: JobId
  readonly after: number
}

export const eventColumns =
  `e.event_id::float8 AS event_id, e.job_id, e.type, e.from_status, e.to_status, e.code, e.message,
  e.actor, e.fence::float8 AS fence, e.progress, e.created_at`

export const lookAtJobs = Effect.fn("Jobs.look")(
  function*(sql: SqlClient.SqlClient, requests: ReadonlyArray<LookRequest>) {
    const users = [...new Set(requests.map(({ user }) => user))]
    const rows = yield* sql`
      SELECT w.place::int4 AS place, j.status, ${sql.literal(eventColumns)}
      FROM unnest(${requests.map(({ job }) => job)}::uuid[], ${requests.map(({ user }) => user)}::uuid[],
        ${requests.map(({ after }) => after)}::bigint[]) WITH ORDINALITY AS w(job_id, user_id, after, place)
      JOIN upload_jobs j ON j.job_id = w.job_id AND j.user_id = w.user_id
      LEFT JOIN LATERAL (
        SELECT * FROM job_events e WHERE e.job_id = j.job_id AND e.event_id > w.after
      ) e ON true
      ORDER BY e.event_id`.pipe(asUsers(sql, users), run)
    const places = yield* decodePlaces(rows)
    const events = yield* decodeEvents(rows.filter((row) => row["event_id"] !== null))
    const looks = new Map<number, { readonly status: JobStatus; readonly events: Array<JobEvent> }>()
    for (const { place, status } of places) looks.set(place, { status, events: [] })
    places.filter(({ event_id }) => event_id !== null).forEach(({ place }, index) => {
      const event = events[index]
      if (event !== undefined) looks.get(place)?.events.push(event)
    })
    return requests.map((_, index): Exit.Exit<Option.Option<JobLook>, ServiceError> =>
      Exit.succeed(Option.fromNullishOr(looks.get(index + 1)))
    )
  }
)

const decodePlaces = decodeRows(Schema.Struct({
  place: Schema.Int,
  status: JobStatus,
  event_id: Schema.NullOr(Schema.Int)
}))

const decodeEvents = decodeRows(JobEvent)
export const readEvents = rowsOf(JobEvent)
