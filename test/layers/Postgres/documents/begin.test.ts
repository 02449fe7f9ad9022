/** Small new documents, whose chunks are stored with the plan of their vectors. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { Chunks } from "../../../../services/Chunks.ts"
import { JobQueue } from "../../../../services/JobQueue.ts"
import { Vectors } from "../../../../services/Vectors.ts"
import { identify } from "../../../../src/domain/Chunk.ts"
import { UserId } from "../../../../src/domain/Ids.ts"
import type { ClaimedJob } from "../../../../src/domain/Job.ts"
import type { Reuse } from "../../../../src/domain/Vector.ts"
import { anUpload } from "../../../support/builders/jobInMemory.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { embedding } from "../../../support/databases/embedding.ts"
import { emptyTables, expireLease, heldAt, rowOf, stores } from "../../../support/databases/stores.ts"

const { model } = anUpload()
const stranger = UserId.make("00000000-0000-4000-8000-000000000bad")

/** Texts of the user's earlier document, the first of which have vectors. */
const already = Effect.fnUntraced(
  function*(texts: ReadonlyArray<string>, embedded: number, userId = anUpload().userId) {
    const vectors = yield* Vectors
    const job = yield* embedding(texts, { userId })
    const chunks = yield* vectors.missing(job, model, -1, embedded)
    const purchase = { callId: randomUUID(), model, shares: [{ job, chunks, tokens: 1, costUsd: 0 }] }
    yield* vectors.announce(purchase)
    yield* vectors.store(purchase, chunks.map((_, n) => new Float32Array(1536).with(n, 1)), "req_1")
  }
)

const chunksOf = (job: ClaimedJob, texts: ReadonlyArray<string>) =>
  texts.map((text, ordinal) =>
    identify(job.documentId, job.chunksVersion, ordinal, { text, meta: { headings: [], start: 0, end: 1 } })
  )

const begin = Effect.fnUntraced(function*(job: ClaimedJob, texts: ReadonlyArray<string>) {
  const chunks = yield* Chunks
  return yield* chunks.begin(job, chunksOf(job, texts), () => [{
    jobId: job.jobId,
    fence: job.fence,
    from: "chunking",
    through: ["chunks_stored", "embedding_queued"],
    to: "embedding_in_progress",
    type: "moved",
    actor: "test",
    set: { progress: { chunksTotal: texts.length } }
  }])
})

const rowsOf = Effect.fnUntraced(function*(job: ClaimedJob) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly chunks: number; readonly vectors: number }>`
    SELECT count(*)::int AS chunks, count(v.chunk_id)::int AS vectors
    FROM document_chunk_buffer c LEFT JOIN document_vector_buffer v USING (chunk_id) WHERE c.document_id = ${job.documentId}`
  return row
})

onEachDatabase("a small new document", (it) => {
  it.layer(stores)((it) => {
    const cases: ReadonlyArray<
      { readonly says: string; readonly texts: ReadonlyArray<string>; readonly reuse: Reuse }
    > = [
      {
        says: "needs a vector for each text that its user does not have, one for a text that occurs twice",
        texts: ["new", "naïve", "new"],
        reuse: { chunks: 3, reused: 0, missingBytes: 9 }
      },
      {
        says: "gets the vectors that its user has for its texts, for each chunk",
        texts: ["with", "new", "with"],
        reuse: { chunks: 3, reused: 2, missingBytes: 3 }
      },
      {
        says: "needs a vector where its user has the text, but no vector",
        texts: ["without", "new"],
        reuse: { chunks: 2, reused: 0, missingBytes: 10 }
      },
      {
        says: "gets nothing of another user's",
        texts: ["theirs", "new"],
        reuse: { chunks: 2, reused: 0, missingBytes: 9 }
      }
    ]
    for (const { reuse, says, texts } of cases) {
      it.effect(`a small new document ${says}`, () =>
        Effect.gen(function*() {
          yield* emptyTables
          yield* already(["with", "without"], 1)
          yield* already(["theirs"], 1, stranger)
          const job = yield* heldAt("chunking")
          assert.deepStrictEqual(yield* begin(job, texts), reuse)
          assert.deepStrictEqual(yield* rowsOf(job), { chunks: texts.length, vectors: reuse.reused })
          assert.strictEqual((yield* rowOf(job))["status"], "embedding_in_progress")
        }))
    }

    it.effect("small new documents that are stored together get each their own plan", () =>
      Effect.gen(function*() {
        yield* emptyTables
        yield* already(["with"], 1)
        const texts = Array.from({ length: 12 }, (_, n) => n % 3 === 0 ? ["with", `text ${n}`] : [`text ${n}`, "same"])
        const jobs = []
        for (const some of texts) jobs.push({ job: yield* heldAt("chunking"), some })
        const found = yield* Effect.forEach(jobs, ({ job, some }) => begin(job, some), { concurrency: "unbounded" })
        assert.deepStrictEqual(found.map(({ reused }) => reused), texts.map((_, n) => n % 3 === 0 ? 1 : 0))
      }))

    it.effect("a small new document of a worker that has lost the job is not stored", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const queue = yield* JobQueue
        const job = yield* heldAt("chunking")
        yield* expireLease(job)
        yield* queue.rescue
        assert.strictEqual((yield* Effect.flip(begin(job, ["new"])))._tag, "StaleClaim")
        assert.deepStrictEqual(yield* rowsOf(job), { chunks: 0, vectors: 0 })
      }))
  })
})
