/** What the judge sees of a job from outside. The database may be unavailable for a while, so the judge retries. */
import { Clock, type Duration, Effect, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { isTerminal, type JobStatus } from "../../src/domain/JobStatus.ts"
import { Unexpected } from "./Case.ts"

export interface JobKey {
  readonly job_id: string
  readonly document_id: string
}

export interface JobRow {
  readonly status: JobStatus
  readonly fence: number
  readonly retry_count: number
  readonly crash_count: number
  readonly code: string | null
  readonly error_class: string | null
  readonly message: string | null
  readonly provider_job_id: string | null
  readonly lease_owner: string | null
  readonly embeds_done: number
  readonly tokens_paid: number
  /** Until it is due; null if it is held or has ended. */
  readonly due_in: number | null
  readonly seconds: number
}

/** The database may still be recovering. */
export const patiently = <A, E, R>(look: Effect.Effect<A, E, R>) =>
  Effect.retry(look, { schedule: Schedule.spaced("200 millis"), times: 300 })

export const rowOf = Effect.fnUntraced(function*(job: Pick<JobKey, "job_id">) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* patiently(sql<JobRow>`
    SELECT status, fence::int4 AS fence, retry_count, crash_count, last_error->>'code' AS code,
      last_error->>'class' AS error_class, last_error->>'message' AS message, provider_job_id, lease_owner,
      (progress->>'embeds_done')::int AS embeds_done, tokens_paid::int4 AS tokens_paid,
      extract(epoch FROM run_at - now())::float8 AS due_in,
      extract(epoch FROM coalesce(processing_completed_at, now()) - created_at)::float8 AS seconds
    FROM upload_jobs WHERE job_id = ${job.job_id}`)
  return row ?? (yield* new Unexpected({ message: `There is no job ${job.job_id}.` }))
})

/** Generous: a case waits for events, and a busy machine may be slow. Only guarantees in seconds set their own limit. */
const patience: Duration.Input = "2 minutes"

/** Polls until the condition holds; fails with the current value if that takes too long. */
export const eventually = <A, E, R>(
  look: Effect.Effect<A, E, R>,
  isSo: (found: A) => boolean,
  otherwise: (found: A) => string,
  within: Duration.Input = patience
) =>
  look.pipe(
    Effect.repeat({ schedule: Schedule.spaced("25 millis"), until: isSo }),
    Effect.timeoutOrElse({
      duration: within,
      orElse: () => Effect.flatMap(look, (found) => Effect.fail(new Unexpected({ message: otherwise(found) })))
    })
  )

export const until = (
  job: Pick<JobKey, "job_id">,
  what: string,
  isSo: (row: JobRow) => boolean,
  within: Duration.Input = patience
) =>
  eventually(
    rowOf(job),
    isSo,
    ({ code, message, status }) => `The job is not ${what} but ${status} (${code}: ${message}).`,
    within
  )

export const untilComplete = (job: Pick<JobKey, "job_id">, within: Duration.Input = patience) =>
  until(job, "complete", ({ status }) => isTerminal(status), within).pipe(
    Effect.tap(({ code, message, status }) =>
      must(status === "complete", `The job ended as ${status} (${code}: ${message}).`)
    )
  )

export const untilEnded = (job: Pick<JobKey, "job_id">, within: Duration.Input = patience) =>
  until(job, "over", ({ status }) => isTerminal(status), within)

export const must = (isSo: boolean, otherwise: string): Effect.Effect<void, Unexpected> =>
  isSo ? Effect.void : Effect.fail(new Unexpected({ message: otherwise }))

/** The first column of the first row, as a number. */
export const count = Effect.fnUntraced(function*(query: string) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* patiently(sql.unsafe<Record<string, unknown>>(query))
  return Number(Object.values(row ?? {})[0])
})

/** Polls a number until it is as expected. */
export const untilCount = (
  what: string,
  query: string,
  isSo: (figure: number) => boolean,
  within: Duration.Input = patience
) => eventually(count(query), isSo, (figure) => `${what}: it is ${figure}.`, within)

/** One job, or this many, are held by workers. */
export const untilHeld = (isSo: (jobs: number) => boolean = (jobs) => jobs > 0) =>
  untilCount("jobs in hand", "SELECT count(*) FROM upload_jobs WHERE lease_owner IS NOT NULL", isSo)

/** A worker that woke up was refused a write, and its heartbeat has reported it. */
export const untilStaleWrite = untilCount(
  "stale writes counted in the workers' rows",
  "SELECT coalesce(sum(stale_writes), 0) FROM workers",
  (writes) => writes > 0
)

/** Until this many documents are complete. */
export const secondsUntilComplete = Effect.fnUntraced(function*(documents: number) {
  const start = yield* Clock.currentTimeMillis
  yield* untilCount(
    "complete documents",
    "SELECT count(*) FROM upload_jobs WHERE status = 'complete'",
    (complete) => complete >= documents
  )
  return ((yield* Clock.currentTimeMillis) - start) / 1000
})
