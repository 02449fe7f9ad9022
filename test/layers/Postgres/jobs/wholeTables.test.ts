/** What a worker or a caller asks of the database must not take longer the more has been ingested. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { Documents } from "../../../../services/Documents.ts"
import { JobQueue } from "../../../../services/JobQueue.ts"
import { Jobs } from "../../../../services/Jobs.ts"
import { Vectors } from "../../../../services/Vectors.ts"
import type { ServiceError } from "../../../../src/domain/ServiceError.ts"
import { beatOf } from "../../../support/builders/beat.ts"
import { anUpload } from "../../../support/builders/jobInMemory.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { embedding } from "../../../support/databases/embedding.ts"
import { accept, aWorker, claimOne, emptyTables, heldAt, someone, stores } from "../../../support/databases/stores.ts"

const { model } = anUpload()

const grow = [
  "upload_jobs",
  "documents",
  "job_events",
  "document_chunk_buffer",
  "document_vector_buffer",
  "embedding_ledger"
]

/** How often each table that grows was read as a whole, by this connection. Statistics are flushed once a second unless asked. */
const wholeReads = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`SELECT pg_stat_force_next_flush()`
  yield* sql`SELECT pg_stat_clear_snapshot()`
  const rows = yield* sql<{ readonly name: string; readonly scans: number }>`
    SELECT relname AS name, seq_scan::int AS scans FROM pg_stat_user_tables WHERE ${sql.in("relname", grow)}`
  return new Map(rows.map(({ name, scans }) => [name, scans]))
})

/** How many index entries of jobs and documents a step reads, on this connection. */
const rowsReadBy = Effect.fnUntraced(function*<E, R>(step: Effect.Effect<unknown, E, R>) {
  const before = yield* rowsRead
  yield* step
  return (yield* rowsRead) - before
})

const rowsRead = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`SELECT pg_stat_force_next_flush()`
  yield* sql`SELECT pg_stat_clear_snapshot()`
  const [row] = yield* sql<{ readonly read: number }>`
    SELECT sum(idx_tup_read)::int AS read FROM pg_stat_user_indexes WHERE relname IN ('upload_jobs', 'documents')`
  return row?.read ?? Number.NaN
})

/** As on a server, where a plan may date from before the tables had statistics. */
const planAsOnServer = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`SET enable_seqscan = off`
  yield* sql`SET enable_hashjoin = off`
  yield* sql`SET enable_mergejoin = off`
  yield* sql`SET plan_cache_mode = force_generic_plan`
})

onEachDatabase("the queue", (it, name) => {
  it.layer(stores)((it) => {
    // A pool's connections flush their statistics on their own; there is one here.
    it.effect.runIf(name === "pglite")("the queue reads no growing table as a whole", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const queue = yield* JobQueue
        const worker = aWorker()
        // As on a server: with few rows, reading all of them would be the cheapest plan.
        yield* sql`SET enable_seqscan = off`
        const before = yield* wholeReads
        yield* heldAt("embedding_in_progress")
        yield* accept()
        const job = yield* claimOne(worker)
        yield* queue.beat(beatOf(worker, { holds: [job.jobId] }))
        yield* queue.nextDue(aWorker())
        yield* queue.rescue
        yield* queue.takeAbandoned
        yield* queue.tidyTurns
        assert.strictEqual(yield* queue.release(worker), 1)
        const after = yield* wholeReads
        assert.deepStrictEqual(after, before)
      }))

    it.effect.runIf(name === "pglite")(
      "the queue reads the row of a job, not those of all, to buy its vectors and complete it",
      () =>
        Effect.gen(function*() {
          yield* emptyTables
          const queue = yield* JobQueue
          const vectors = yield* Vectors
          const others = 30
          for (let n = 0; n < others; n++) yield* accept()
          const job = yield* embedding(["text"])
          yield* planAsOnServer
          const chunks = yield* vectors.missing(job, model, -1, 1)
          const purchase = { callId: randomUUID(), model, shares: [{ job, chunks, tokens: 1, costUsd: 0 }] }
          const steps = [
            vectors.announce(purchase),
            vectors.store(purchase, [new Float32Array(1536).fill(1)], "req_1"),
            queue.complete(job, "test")
          ]
          for (const step of steps) assert.isBelow(yield* rowsReadBy(step), others)
        })
    )

    it.effect.runIf(name === "pglite")(
      "a caller's request reads the rows that it is about, not all of the caller's",
      () =>
        Effect.gen(function*() {
          yield* emptyTables
          const jobs = yield* Jobs
          const documents = yield* Documents
          const others = 40
          const same = anUpload()
          const { documentId, jobId, userId } = yield* accept(same)
          for (let n = 0; n < others; n++) yield* accept({ userId })
          yield* planAsOnServer
          const requests: ReadonlyArray<Effect.Effect<unknown, ServiceError>> = [
            jobs.find(userId, jobId),
            documents.accept({ ...anUpload({ sha256: same.sha256 }), userId, force: false }),
            documents.accept({ ...anUpload(), userId }),
            documents.remove(userId, documentId, someone)
          ]
          for (const request of requests) assert.isBelow(yield* rowsReadBy(request), others)
        })
    )
  })
})
