/** What a worker asks of the database must not take longer the more has been ingested. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { JobQueue } from "../../../../services/JobQueue.ts"
import { beatOf } from "../../../support/builders/beat.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { accept, aWorker, claimOne, heldAt, stores } from "../../../support/databases/stores.ts"

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
  })
})
