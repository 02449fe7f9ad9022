/** A document's progress as tests see it: its job, its rows and its ledger, read from the tables. */
import { Context, type Duration, Effect, Option, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { Jobs } from "../../services/Jobs.ts"
import { localUserId } from "../../src/domain/Ids.ts"
import type { Job } from "../../src/domain/Job.ts"
import { isTerminal } from "../../src/domain/JobStatus.ts"

const read = Effect.fnUntraced(function*({ jobId }: Pick<Job, "jobId">) {
  const jobs = yield* Jobs
  return Option.getOrThrow(yield* jobs.find(localUserId, jobId))
})

/** Longer with real vendors. */
export class Patience extends Context.Reference<Duration.Input>("accessa/test/Patience", {
  defaultValue: () => "1 minute"
}) {}

/** Polls until the condition holds, or fails with the current state. */
export const waitUntil = Effect.fnUntraced(function*(
  job: Pick<Job, "jobId">,
  what: string,
  isSo: (job: Job) => boolean
) {
  const within = yield* Patience
  return yield* read(job).pipe(
    Effect.repeat({ schedule: Schedule.spaced("15 millis"), until: isSo }),
    Effect.timeoutOrElse({
      duration: within,
      orElse: () =>
        Effect.flatMap(
          read(job),
          ({ lastError, status }) =>
            Effect.die(new Error(`It is not ${what} but ${status}, ${lastError?.code}: ${lastError?.message}`))
        )
    })
  )
})

export const ended = (job: Pick<Job, "jobId">) => waitUntil(job, "ended", ({ status }) => isTerminal(status))

/** Polls the tables until the condition holds. */
export const waitForRow = <E, R>(
  what: string,
  found: Effect.Effect<boolean, E, R>,
  within: Duration.Input = "1 minute"
) =>
  found.pipe(
    Effect.repeat({ schedule: Schedule.spaced("15 millis"), until: (isSo) => isSo }),
    Effect.timeoutOrElse({ duration: within, orElse: () => Effect.die(new Error(`There is no ${what}`)) })
  )

/** As if the job's waiting time had passed. */
export const hurry = Effect.fnUntraced(function*({ jobId }: Pick<Job, "jobId">) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE upload_jobs SET run_at = now() WHERE job_id = ${jobId} AND run_at > now()`
  yield* sql`SELECT pg_notify('accessa_work', '')`
})

/** With the dimensions of the stored vectors, which are all equal. */
export const storedDimensions = Effect.fnUntraced(function*({ documentId }: Pick<Job, "documentId">) {
  const sql = yield* SqlClient.SqlClient
  const widths = yield* sql<{ readonly width: number }>`
    SELECT DISTINCT vector_dims(vector)::int AS width FROM document_vector_buffer WHERE document_id = ${documentId}`
  return widths.length === 1 ? widths[0]?.width ?? 0 : 0
})

export const rowsOf = Effect.fnUntraced(function*({ documentId }: Pick<Job, "documentId">) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly chunks: number; readonly texts: number; readonly vectors: number }>`
    SELECT count(c.*)::int AS chunks, count(DISTINCT c.chunk_sha)::int AS texts, count(v.*)::int AS vectors
    FROM document_chunk_buffer c LEFT JOIN document_vector_buffer v USING (chunk_id)
    WHERE c.document_id = ${documentId}`
  return row ?? { chunks: 0, texts: 0, vectors: 0 }
})
