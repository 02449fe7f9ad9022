import { assert } from "@effect/vitest"
import { Duration, Effect, Exit, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { JobQueue } from "../../../services/JobQueue.ts"
import { type MissingChunk, Vectors } from "../../../services/Vectors.ts"
import { identify } from "../../../src/domain/Chunk.ts"
import type { ClaimedJob } from "../../../src/domain/Job.ts"
import { startRun } from "../../../src/stages/JobRun.ts"
import { begin } from "../../../src/stages/text/begin.ts"
import { WorkerIdentity } from "../../../src/stages/WorkerIdentity.ts"
import { anUpload } from "../../support/builders/jobInMemory.ts"
import { onEachDatabase } from "../../support/databases/Databases.ts"
import { emptyTables, expireLease, heldAt, rowOf, stores } from "../../support/databases/stores.ts"
import { EmbedderMemory } from "../../twins/EmbedderMemory.ts"

const { model } = anUpload()
const identity = Layer.succeed(WorkerIdentity, {
  actor: "worker:test",
  callbackUrl: undefined,
  outagePatience: Duration.hours(1)
})

const chunksOf = (job: ClaimedJob, texts: ReadonlyArray<string>) =>
  texts.map((text, ordinal) =>
    identify(job.documentId, job.chunksVersion, ordinal, { text, meta: { headings: [], start: 0, end: 1 } })
  )

const beginWith = Effect.fnUntraced(function*(job: ClaimedJob, texts: ReadonlyArray<string>) {
  const run = yield* startRun(job)
  yield* begin(run, chunksOf(job, texts))
  return run.inMemory.missing?.map(({ text }) => text)
})

const historyOf = Effect.fnUntraced(function*(job: ClaimedJob) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly line: string }>`
    SELECT concat_ws(' ', to_status, progress->>'chunks_done', progress->>'embeds_done') AS line
    FROM job_events WHERE job_id = ${job.jobId} AND fence > 0 ORDER BY event_id`
  return rows.map(({ line }) => line).slice(-4)
})

const embeddedOf = Effect.fnUntraced(function*(job: ClaimedJob) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly text: string; readonly embedded: boolean }>`
    SELECT c.text, v.chunk_id IS NOT NULL AS embedded
    FROM document_chunk_buffer c LEFT JOIN document_vector_buffer v USING (chunk_id, user_id)
    WHERE c.document_id = ${job.documentId} ORDER BY c.chunk_ord`
  return rows.map(({ embedded, text }) => `${text} ${embedded}`)
})

const buy = Effect.fnUntraced(function*(job: ClaimedJob, chunks: ReadonlyArray<MissingChunk>) {
  const vectors = yield* Vectors
  const purchase = { callId: randomUUID(), model, shares: [{ job, chunks, tokens: 1, costUsd: 0 }] }
  yield* vectors.announce(purchase)
  yield* vectors.store(purchase, chunks.map((_, n) => new Float32Array(1536).with(n, 1)), "req_1")
})

onEachDatabase("the chunks and the plan of a new document", (it) => {
  it.layer(Layer.mergeAll(stores, identity, EmbedderMemory(model)))((it) => {
    it.effect("are written together, with a history as if written one after the other", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const job = yield* heldAt("chunking")
        assert.deepStrictEqual(yield* beginWith(job, ["one", "two", "one"]), ["one", "two", "one"])
        assert.deepStrictEqual(yield* historyOf(job), [
          "chunking 0 0",
          "chunks_stored 3 0",
          "embedding_queued 3 0",
          "embedding_in_progress 3 0"
        ])
        assert.deepStrictEqual(yield* embeddedOf(job), ["one false", "two false", "one false"])
        assert.deepInclude((yield* rowOf(job))["embedding_plan"], { chunks: 3, reused: 0, estimated_tokens: 2 })
      }))

    it.effect("use the vectors that the user already has, which the history shows from the plan on", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const vectors = yield* Vectors
        const earlier = yield* heldAt("chunking")
        yield* beginWith(earlier, ["one", "two"])
        yield* buy(earlier, yield* vectors.missing(earlier, model, -1, 10))
        const job = yield* heldAt("chunking")
        assert.isUndefined(yield* beginWith(job, ["two", "three", "two"]))
        assert.deepStrictEqual(yield* historyOf(job), [
          "chunking 0 0",
          "chunks_stored 3 0",
          "embedding_queued 3 2",
          "embedding_in_progress 3 2"
        ])
        assert.deepStrictEqual(yield* embeddedOf(job), ["two true", "three false", "two true"])
        assert.deepInclude((yield* rowOf(job))["embedding_plan"], { chunks: 3, reused: 2 })
        assert.deepInclude(yield* rowOf(job), { vectors_reused: 2 })
      }))

    it.effect("are refused for a job that the worker has lost, and written for the others beside it", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const queue = yield* JobQueue
        const jobs: Array<ClaimedJob> = []
        for (let n = 0; n < 8; n++) jobs.push(yield* heldAt("chunking"))
        const lost = jobs.filter((_, n) => n % 3 === 2)
        for (const job of lost) yield* expireLease(job)
        yield* queue.rescue
        const ends = yield* Effect.forEach(jobs, (job) => Effect.exit(beginWith(job, ["one"])), {
          concurrency: "unbounded"
        })
        assert.deepStrictEqual(jobs.filter((_, n) => ends[n] !== undefined && Exit.isFailure(ends[n])), lost)
        for (const job of jobs) {
          const isLost = lost.includes(job)
          assert.strictEqual((yield* rowOf(job))["status"], isLost ? "chunking" : "embedding_in_progress")
          assert.deepStrictEqual(yield* embeddedOf(job), isLost ? [] : ["one false"])
        }
      }))

    it.effect("are written for eight documents in at most three transactions", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const sql = yield* SqlClient.SqlClient
        const jobs: Array<ClaimedJob> = []
        for (let n = 0; n < 8; n++) jobs.push(yield* heldAt("chunking"))
        yield* Effect.forEach(jobs, (job) => beginWith(job, ["one", "two"]), {
          concurrency: "unbounded",
          discard: true
        })
        const [row] = yield* sql<{ readonly chunks: number; readonly transactions: number }>`
          SELECT count(*)::int AS chunks, count(DISTINCT xmin::text)::int AS transactions FROM document_chunk_buffer`
        assert.strictEqual(row?.chunks, 16)
        assert.isAtMost(row?.transactions ?? Infinity, 3)
      }))
  })
})
