/** Reads many users' jobs in one statement: a caller who waits for a job asks again and again. */
import { Effect, Exit, Option } from "effect"
import type { SqlClient } from "effect/sql"
import type { JobId, UserId } from "../../../src/domain/Ids.ts"
import type { Job } from "../../../src/domain/Job.ts"
import type { ServiceError } from "../../../src/domain/ServiceError.ts"
import { asUsers } from "../connection/asUser.ts"
import { jobColumns, joinDocument, readJobs } from "./jobRow.ts"

export interface FindRequest {
  readonly user: UserId
  readonly job: JobId
}

/**
 * None for a job that does not exist or is not this user's. OFFSET 0 as in `joinDocument`: one of 2,000 jobs took 8,600 pages
 * without it.
 */
export const findJobs = Effect.fnUntraced(
  function*(sql: SqlClient.SqlClient, requests: ReadonlyArray<FindRequest>) {
    const users = [...new Set(requests.map(({ user }) => user))]
    const jobs = yield* sql`
      SELECT ${sql.literal(jobColumns)}
      FROM unnest(${requests.map(({ job }) => job)}::uuid[], ${
      requests.map(({ user }) => user)
    }::uuid[]) AS w(job_id, user_id)
      JOIN LATERAL (SELECT * FROM upload_jobs WHERE job_id = w.job_id OFFSET 0) j ON j.user_id = w.user_id
      ${sql.literal(joinDocument)}`.pipe(asUsers(sql, users), readJobs)
    return requests.map(({ job, user }): Exit.Exit<Option.Option<Job>, ServiceError> =>
      Exit.succeed(Option.fromUndefinedOr(jobs.find(({ jobId, userId }) => jobId === job && userId === user)))
    )
  }
)
