import { assert } from "@effect/vitest"
import { Effect, Option } from "effect"
import { SqlClient } from "effect/sql"
import { Chunks } from "../../../../services/Chunks.ts"
import { JobQueue } from "../../../../services/JobQueue.ts"
import { type Chunk, identify } from "../../../../src/domain/Chunk.ts"
import { localUserId, UserId } from "../../../../src/domain/Ids.ts"
import type { ClaimedJob } from "../../../../src/domain/Job.ts"
import type { Move } from "../../../../src/domain/Move.ts"
import { nextChunks } from "../../../support/builders/nextChunks.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import {
  accept,
  claimOne,
  emptyTables,
  expireLease,
  heldAt,
  moveTo,
  pathTo,
  rowOf,
  stores
} from "../../../support/databases/stores.ts"

const chunksOf = (job: ClaimedJob, count: number, word = "text"): ReadonlyArray<Chunk> =>
  Array.from({ length: count }, (_, ordinal) =>
    identify(job.documentId, job.chunksVersion, ordinal, {
      text: `${word} ${ordinal} – “naïve”`,
      meta: { headings: ["A", "B"], ...(ordinal === 0 ? {} : { page: ordinal }), start: ordinal, end: ordinal + 9 }
    }))

const store = Effect.fnUntraced(function*(job: ClaimedJob, chunks: ReadonlyArray<Chunk>) {
  const buffer = yield* Chunks
  return yield* buffer.store(job, nextChunks(chunks), (stored): Move => ({
    jobId: job.jobId,
    fence: job.fence,
    from: "chunking",
    to: "chunks_stored",
    type: "moved",
    actor: "test",
    set: { progress: { chunksTotal: stored } }
  }))
})

const texts = Effect.fnUntraced(function*(job: ClaimedJob) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly text: string }>`
    SELECT text FROM document_chunk_buffer WHERE document_id = ${job.documentId} ORDER BY chunk_ord`
  return rows.map(({ text }) => text)
})

/** As if an earlier run had left these and the worker had died before its move. */
const leave = Effect.fnUntraced(function*(job: ClaimedJob, chunks: ReadonlyArray<Chunk>) {
  const sql = yield* SqlClient.SqlClient
  yield* store(job, chunks)
  yield* sql`UPDATE upload_jobs SET status = 'chunking' WHERE job_id = ${job.jobId}`
})

/** The same job, held by another worker. */
const takeOver = Effect.fnUntraced(function*(job: ClaimedJob) {
  const queue = yield* JobQueue
  yield* expireLease(job)
  yield* queue.rescue
  return yield* claimOne()
})

onEachDatabase("the chunk buffer", (it) => {
  it.layer(stores)((it) => {
    it.effect("the chunk buffer stores a document's chunks unchanged, and moves the job with them", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const buffer = yield* Chunks
        const job = yield* heldAt("chunking")
        const chunks = chunksOf(job, 3)
        assert.strictEqual(yield* store(job, chunks), 3)
        const page = Option.getOrThrow(yield* buffer.page(localUserId, job.documentId, -1, 10))
        assert.deepStrictEqual(page, chunks.map((chunk) => ({ ...chunk, embedded: false })))
        const row = yield* rowOf(job)
        assert.strictEqual(row["status"], "chunks_stored")
        assert.deepInclude(row["progress"], { chunks_total: 3 })
      }))

    it.effect("the chunk buffer stores documents of any size, in as many windows as needed", () =>
      Effect.gen(function*() {
        for (const count of [1, 499, 500, 501, 1_203]) {
          yield* emptyTables
          const job = yield* heldAt("chunking")
          const chunks = chunksOf(job, count)
          assert.strictEqual(yield* store(job, chunks), count)
          assert.deepStrictEqual(yield* texts(job), chunks.map((chunk) => chunk.text))
        }
      }))

    it.effect("the chunk buffer stores many documents concurrently without mixing them", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const jobs = []
        for (let n = 0; n < 10; n++) jobs.push(yield* heldAt("chunking"))
        yield* Effect.forEach(jobs, (job, n) => store(job, chunksOf(job, n + 1, `document ${n}`)), {
          concurrency: "unbounded"
        })
        for (const [n, job] of jobs.entries()) {
          assert.deepStrictEqual(yield* texts(job), chunksOf(job, n + 1, `document ${n}`).map((chunk) => chunk.text))
        }
      }))

    it.effect("the chunk buffer keeps equal chunks of an earlier run, and no others", () =>
      Effect.gen(function*() {
        for (const [before, after] of [[5, 5], [7, 4], [3, 6], [600, 520], [520, 600]] as const) {
          yield* emptyTables
          const sql = yield* SqlClient.SqlClient
          const first = yield* heldAt("chunking")
          yield* leave(first, chunksOf(first, before))
          yield* sql`UPDATE document_chunk_buffer SET created_at = '2000-01-01'`
          const job = yield* takeOver(first)
          const chunks = chunksOf(job, after).map((chunk) =>
            chunk.ordinal === 2 ? chunksOf(job, 3, "new")[2] ?? chunk : chunk
          )
          yield* store(job, chunks)
          assert.deepStrictEqual(yield* texts(job), chunks.map((chunk) => chunk.text), `${before} → ${after}`)
          const kept = yield* sql`SELECT FROM document_chunk_buffer WHERE created_at = '2000-01-01'`
          if (after < 500) assert.lengthOf(kept, Math.min(before, after) - 1, `${before} → ${after}`)
        }
      }))

    it.effect("the chunk buffer accepts nothing from a worker that has lost the job, and loses nothing to it", () =>
      Effect.gen(function*() {
        for (const size of [4, 520]) {
          yield* emptyTables
          yield* accept()
          // Its claim is not the job's first, so it checks for remains of an earlier run.
          const stale = yield* moveTo(yield* takeOver(yield* claimOne()), pathTo("chunking"))
          const holder = yield* takeOver(stale)
          const chunks = chunksOf(holder, size, "new")
          yield* leave(holder, chunks)
          assert.strictEqual((yield* Effect.flip(store(stale, chunksOf(stale, size - 1, "old"))))._tag, "StaleClaim")
          assert.deepStrictEqual(yield* texts(holder), chunks.map((chunk) => chunk.text))
          assert.strictEqual((yield* rowOf(holder))["status"], "chunking")
        }
      }))

    it.effect("the chunk buffer is read page by page, by its owner", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const buffer = yield* Chunks
        const job = yield* heldAt("chunking")
        const page = (after: number, limit: number, user = localUserId) =>
          Effect.map(
            buffer.page(user, job.documentId, after, limit),
            Option.map((chunks) => chunks.map((c) => c.ordinal))
          )
        assert.deepStrictEqual(yield* page(-1, 10), Option.some([]))
        yield* store(job, chunksOf(job, 5))
        assert.deepStrictEqual(yield* page(-1, 2), Option.some([0, 1]))
        assert.deepStrictEqual(yield* page(1, 2), Option.some([2, 3]))
        assert.deepStrictEqual(yield* page(3, 2), Option.some([4]))
        assert.deepStrictEqual(yield* page(4, 2), Option.some([]))
        assert.isTrue(Option.isNone(yield* page(-1, 2, UserId.make("00000000-0000-4000-8000-000000000bad"))))
      }))
  })
})
