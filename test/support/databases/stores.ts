/** Every store on a test's empty database, and helpers that create documents. */
import { DateTime, Duration, Effect, Layer, Option, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { storesWith } from "../../../layers/App/Stores.ts"
import { SlowReads } from "../../../layers/Postgres/connection/SlowReads.ts"
import { JobQueueSql } from "../../../layers/Postgres/jobs/JobQueue.ts"
import { Documents, type NewDocument } from "../../../services/Documents.ts"
import { JobQueue } from "../../../services/JobQueue.ts"
import { Jobs } from "../../../services/Jobs.ts"
import { ObjectStorage } from "../../../services/ObjectStorage.ts"
import { sha256 } from "../../../src/domain/hash.ts"
import { WorkerId } from "../../../src/domain/Ids.ts"
import type { ClaimedJob, Job } from "../../../src/domain/Job.ts"
import { activeStatuses, type JobStatus } from "../../../src/domain/JobStatus.ts"
import type { MoveFields } from "../../../src/domain/Move.ts"
import type { By } from "../../../src/domain/Principal.ts"
import { jobOf } from "../../../src/intake/makeDocument.ts"
import { anUpload } from "../builders/jobInMemory.ts"

export const leaseSeconds = 30

export const stores = storesWith(JobQueueSql({ lease: Duration.seconds(leaseSeconds) })).pipe(
  Layer.provideMerge(SlowReads.layer(1))
)

export const emptyTables = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  for (
    const table of [
      "upload_jobs",
      "documents",
      "job_events",
      "embedding_ledger",
      "webhook_receipts",
      "workers",
      "claim_turns"
    ]
  ) {
    yield* sql`DELETE FROM ${sql(table)}`
  }
})

/** No spending, and the default limits. */
export const emptyBudgets = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`DELETE FROM budgets`
  yield* sql`DELETE FROM budget_spend`
})

/** The actor of a change. */
export const someone: By = { actor: "key:test", role: "user", reason: null, correlationId: null }

export const aWorker = () => WorkerId.make(randomUUID())

/** Accepted, and due at once. Its bytes are unique unless the fields say otherwise. */
export const accept = Effect.fnUntraced(function*(fields: Partial<NewDocument> = {}) {
  const documents = yield* Documents
  const acceptance = yield* documents.accept(anUpload({ sha256: sha256(randomUUID()), ...fields }))
  return Option.getOrThrow(jobOf(acceptance))
})

/** Accepted with its text in the storage, so that a worker can complete it. */
export const upload = Effect.fnUntraced(function*(text: string, fields: Partial<NewDocument> = {}) {
  const storage = yield* ObjectStorage
  const document = anUpload({ filename: "document.md", ...fields })
  const rawPath = `raw/${document.userId}/${document.documentId}.${document.filename.split(".").at(-1)}`
  const bytes = new TextEncoder().encode(text)
  yield* storage.put(rawPath, Stream.make(bytes), "text/markdown")
  return yield* accept({
    ...document,
    mediaType: "text/markdown",
    bytes: bytes.length,
    sha256: sha256(bytes),
    rawPath,
    ...fields
  })
})

/** Claims the one job that is due. */
export const claimOne = Effect.fnUntraced(function*(worker: WorkerId = aWorker()) {
  const queue = yield* JobQueue
  const [job] = yield* queue.claim(worker, 1)
  return job === undefined ? yield* Effect.die(new Error("no job is due")) : job
})

/** Moves a held job one or more steps; returns it as its holder then knows it. */
export const moveTo = Effect.fnUntraced(function*(
  job: ClaimedJob,
  path: ReadonlyArray<JobStatus>,
  set: MoveFields = {}
) {
  const queue = yield* JobQueue
  let at = job
  for (const to of path) {
    yield* queue.move({ jobId: at.jobId, fence: at.fence, from: at.status, to, type: "moved", actor: "test", set })
    at = { ...at, status: to }
  }
  return at
})

/** Lets go of a held job for this long. */
export const park = Effect.fnUntraced(function*(job: ClaimedJob, releaseMs: number, set: MoveFields = {}) {
  const queue = yield* JobQueue
  const { fence, jobId, status } = job
  return yield* queue.move({ jobId, fence, from: status, to: status, type: "parked", actor: "test", set, releaseMs })
})

/** The statuses up to this one, for a job at `uploaded`. */
export const pathTo = (status: JobStatus): ReadonlyArray<JobStatus> =>
  activeStatuses.slice(1, activeStatuses.indexOf(status) + 1)

/** A job held by a worker, at any status. */
export const heldAt = Effect.fnUntraced(function*(status: JobStatus, fields: Partial<NewDocument> = {}) {
  yield* accept(fields)
  return yield* moveTo(yield* claimOne(), pathTo(status))
})

export const rowOf = Effect.fnUntraced(function*(job: Pick<Job, "jobId">) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<Record<string, unknown>>`SELECT * FROM upload_jobs WHERE job_id = ${job.jobId}`
  return row ?? {}
})

/** A job that has ended. */
export const cancelOne = Effect.gen(function*() {
  const job = yield* accept()
  yield* (yield* Jobs).cancel(job.userId, job.jobId, someone)
  return job
})

/** As if the worker had been silent long enough. */
export const expireLease = Effect.fnUntraced(function*(job: Pick<Job, "jobId">) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE upload_jobs SET lease_until = now() - interval '1 second'
    WHERE job_id = ${job.jobId} AND lease_until IS NOT NULL`
})

export const secondsUntil = (time: DateTime.Utc | null): Effect.Effect<number> =>
  Effect.sync(() => time === null ? Number.NaN : (DateTime.toEpochMillis(time) - Date.now()) / 1000)
