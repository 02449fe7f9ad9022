import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { JobQueue } from "../../../../services/JobQueue.ts"
import { type MissingChunk, type Purchase, Vectors } from "../../../../services/Vectors.ts"
import { ChunkId, DocumentId, localUserId, UserId } from "../../../../src/domain/Ids.ts"
import type { ClaimedJob } from "../../../../src/domain/Job.ts"
import { vectorSha } from "../../../../src/domain/Vector.ts"
import { anUpload } from "../../../support/builders/jobInMemory.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { embedding } from "../../../support/databases/embedding.ts"
import { emptyTables, expireLease, rowOf, stores } from "../../../support/databases/stores.ts"

const { model } = anUpload()

/** A distinct direction for each number. */
const vectorOf = (n: number): Float32Array => new Float32Array(1536).with(n, 1).with(1535, 0.25)

const purchaseOf = (
  shares: ReadonlyArray<{ readonly job: ClaimedJob; readonly chunks: ReadonlyArray<MissingChunk> }>
): Purchase => ({
  callId: randomUUID(),
  model,
  shares: shares.map((share) => ({ ...share, tokens: share.chunks.length * 10, costUsd: 0.5 }))
})

const missingOf = Effect.fnUntraced(function*(job: ClaimedJob) {
  const vectors = yield* Vectors
  return yield* vectors.missing(job, model, -1, 100)
})

/** Announced and stored. */
const buy = Effect.fnUntraced(function*(job: ClaimedJob, chunks: ReadonlyArray<MissingChunk>, first = 0) {
  const vectors = yield* Vectors
  const purchase = purchaseOf([{ job, chunks }])
  yield* vectors.announce(purchase)
  return yield* vectors.store(purchase, chunks.map((_, n) => vectorOf(first + n)), "req_1")
})

const ledger = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  return yield* sql`
    SELECT state, chunks, tokens::int AS tokens, request_id FROM embedding_ledger ORDER BY created_at, chunks`
})

const stored = Effect.fnUntraced(function*(job: ClaimedJob) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ readonly ordinal: number; readonly vector: Float32Array; readonly sha: string }>`
    SELECT c.chunk_ord AS ordinal, v.vector, v.vector_sha AS sha
    FROM document_vector_buffer v JOIN document_chunk_buffer c USING (chunk_id)
    WHERE c.document_id = ${job.documentId} ORDER BY c.chunk_ord`
})

onEachDatabase("the vector buffer", (it) => {
  it.layer(stores)((it) => {
    it.effect("names the chunks without a vector, in order and in pages", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const vectors = yield* Vectors
        const job = yield* embedding(["a", "b", "c", "d"])
        const missing = yield* missingOf(job)
        assert.deepStrictEqual(missing.map(({ ordinal, text }) => [ordinal, text]), [[0, "a"], [1, "b"], [2, "c"], [
          3,
          "d"
        ]])
        yield* buy(job, missing.slice(1, 2))
        assert.deepStrictEqual((yield* vectors.missing(job, model, 0, 2)).map(({ text }) => text), ["c"])
        assert.lengthOf(yield* vectors.missing(job, { ...model, version: "2" }, -1, 100), 4)
      }))

    it.effect("the vector buffer separates two users whose documents, and therefore chunks, have the same ids", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const vectors = yield* Vectors
        const documentId = DocumentId.make(randomUUID())
        const theirs = yield* embedding(["a", "b", "c"], { documentId, userId: UserId.make(randomUUID()) })
        const mine = yield* embedding(["a", "x"], { documentId })
        yield* buy(theirs, yield* missingOf(theirs))
        assert.deepStrictEqual(yield* vectors.reuse(mine, -1, 100), { chunks: 2, reused: 0, missingBytes: 2 })
        assert.deepStrictEqual((yield* missingOf(mine)).map(({ text }) => text), ["a", "x"])
        yield* buy(mine, yield* missingOf(mine), 7)
        const queue = yield* JobQueue
        for (const [job, chunks] of [[mine, 2], [theirs, 3]] as const) {
          const receipt = yield* queue.complete(job, "test")
          assert.deepInclude(receipt, { chunksStored: chunks, vectorsStored: chunks })
        }
        const hits = yield* vectors.search(localUserId, model, vectorOf(0), { limit: 10, documentId })
        assert.sameMembers(hits.map(({ text }) => text), ["a", "x"])
      }))

    it.effect("the vector buffer stores a call's vectors bit for bit, with their cost and the job's progress", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const job = yield* embedding(["a", "b"])
        assert.deepStrictEqual(yield* buy(job, yield* missingOf(job)), new Set())
        assert.deepStrictEqual(
          yield* stored(job),
          [0, 1].map((n) => ({ ordinal: n, vector: vectorOf(n), sha: vectorSha(vectorOf(n)) }))
        )
        assert.deepStrictEqual(yield* ledger, [{ state: "paid", chunks: 2, tokens: 20, request_id: "req_1" }])
        const row = yield* rowOf(job)
        assert.deepInclude(row, { tokens_paid: 20n, cost_usd: 0.5 })
        assert.deepInclude(row["progress"], { embeds_done: 2, embeds_total: 2 })
      }))

    it.effect(
      "the vector buffer distributes a call among its jobs, and stores nothing for a job lost "
        + "meanwhile",
      () =>
        Effect.gen(function*() {
          yield* emptyTables
          const vectors = yield* Vectors
          const queue = yield* JobQueue
          const [held, lost] = [yield* embedding(["a"]), yield* embedding(["b", "c"])]
          const shares = [{ job: held, chunks: yield* missingOf(held) }, { job: lost, chunks: yield* missingOf(lost) }]
          const purchase = purchaseOf(shares)
          yield* vectors.announce(purchase)
          assert.deepStrictEqual((yield* ledger).map(({ state, tokens }) => [state, tokens]), [
            ["announced", 10],
            ["announced", 20]
          ])
          yield* expireLease(lost)
          yield* queue.rescue
          const stale = yield* vectors.store(purchase, [0, 1, 2].map(vectorOf), "req_2")
          assert.deepStrictEqual(stale, new Set([lost.jobId]))
          assert.lengthOf(yield* stored(held), 1)
          assert.lengthOf(yield* stored(lost), 0)
          assert.deepStrictEqual((yield* ledger).map(({ state, tokens }) => [state, tokens]), [["paid", 10], [
            "lost",
            20
          ]])
          assert.strictEqual((yield* rowOf(lost))["tokens_paid"], 0n)
        })
    )

    it.effect("the vector buffer withdraws a refused call from the ledger", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const vectors = yield* Vectors
        const job = yield* embedding(["a"])
        const purchase = purchaseOf([{ job, chunks: yield* missingOf(job) }])
        yield* vectors.announce(purchase)
        yield* vectors.withdraw(purchase.callId)
        assert.deepStrictEqual(yield* ledger, [{ state: "withdrawn", chunks: 1, tokens: 0, request_id: null }])
      }))

    it.effect(
      "the vector buffer refuses vectors of other dimensions or of zeros, and then stores nothing of "
        + "the call",
      () =>
        Effect.gen(function*() {
          yield* emptyTables
          const vectors = yield* Vectors
          const job = yield* embedding(["a", "b"])
          const purchase = purchaseOf([{ job, chunks: yield* missingOf(job) }])
          yield* vectors.announce(purchase)
          for (const bad of [new Float32Array(768).fill(1), new Float32Array(1536)]) {
            const error = yield* Effect.flip(vectors.store(purchase, [vectorOf(0), bad], "req_3"))
            assert.strictEqual(error._tag, "PermanentError")
            assert.notMatch(error.message, /0,0,0|1,1,1/, "the vector is in the message")
            assert.lengthOf(yield* stored(job), 0)
            assert.deepStrictEqual((yield* ledger).map(({ state }) => state), ["announced"])
          }
        })
    )

    it.effect(
      "the vector buffer copies the user's vectors for equal texts, even within the document, and "
        + "counts them",
      () =>
        Effect.gen(function*() {
          yield* emptyTables
          const vectors = yield* Vectors
          const first = yield* embedding(["a", "b", "a"])
          const missing = yield* missingOf(first)
          yield* buy(first, missing.slice(0, 2))
          assert.deepInclude(yield* vectors.reuse(first, -1, 100), { chunks: 3, reused: 1, missingBytes: 0 })
          assert.deepInclude((yield* rowOf(first))["progress"], { embeds_done: 3 })

          const second = yield* embedding(["b", "ü", "a", "a"])
          assert.deepStrictEqual(yield* vectors.reuse(second, -1, 100), { chunks: 4, reused: 3, missingBytes: 2 })
          assert.deepStrictEqual((yield* stored(second)).map(({ ordinal, vector }) => [ordinal, vector]), [
            [0, vectorOf(1)],
            [2, vectorOf(0)],
            [3, vectorOf(0)]
          ])
          assert.deepInclude(yield* rowOf(second), { vectors_reused: 3, tokens_paid: 0n })
          assert.deepStrictEqual((yield* missingOf(second)).map(({ text }) => text), ["ü"])
          assert.deepInclude((yield* ledger).at(-1), { state: "reused", chunks: 3, tokens: 0 })
          assert.deepInclude(yield* vectors.reuse(second, -1, 100), { reused: 0 })
        })
    )

    it.effect("the vector buffer copies for a part of a document's chunks at a time, and counts each part", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const vectors = yield* Vectors
        const first = yield* embedding(["a", "b"])
        yield* buy(first, yield* missingOf(first))
        const second = yield* embedding(["a", "b", "b", "new", "a"])
        assert.deepStrictEqual(yield* vectors.reuse(second, -1, 2), { chunks: 2, reused: 2, missingBytes: 0 })
        assert.deepStrictEqual((yield* stored(second)).map(({ ordinal }) => ordinal), [0, 1])
        assert.deepStrictEqual(yield* vectors.reuse(second, 1, 2), { chunks: 2, reused: 1, missingBytes: 3 })
        assert.deepStrictEqual(yield* vectors.reuse(second, 3, 2), { chunks: 1, reused: 1, missingBytes: 0 })
        assert.deepStrictEqual((yield* missingOf(second)).map(({ text }) => text), ["new"])
        assert.deepInclude(yield* rowOf(second), { vectors_reused: 4 })
        assert.deepInclude((yield* rowOf(second))["progress"], { embeds_done: 4 })
      }))

    it.effect("the vector buffer copies nothing of another user, model or version, and nothing for a stale worker", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const vectors = yield* Vectors
        const queue = yield* JobQueue
        const first = yield* embedding(["a"])
        yield* buy(first, yield* missingOf(first))
        const reused = Effect.fnUntraced(function*(fields: Parameters<typeof anUpload>[0]) {
          const job = yield* embedding(["a"], fields)
          return (yield* vectors.reuse(job, -1, 100)).reused
        })
        assert.strictEqual(yield* reused({ userId: UserId.make("00000000-0000-4000-8000-000000000bad") }), 0)
        assert.strictEqual(yield* reused({ model: { ...model, version: "2" } }), 0)
        assert.strictEqual(yield* reused({ model: { ...model, model: "text-embedding-3-large" } }), 0)
        assert.strictEqual(yield* reused({}), 1)
        const stale = yield* embedding(["a"])
        yield* expireLease(stale)
        yield* queue.rescue
        assert.strictEqual((yield* vectors.reuse(stale, -1, 100)).reused, 0)
        assert.lengthOf(yield* stored(stale), 0)
      }))

    it.effect("the vector buffer is searched by similarity, only within the user's complete documents", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const sql = yield* SqlClient.SqlClient
        const vectors = yield* Vectors
        const [one, two, unfinished] = [
          yield* embedding(["a", "b"], { filename: "one.pdf" }),
          yield* embedding(["c"]),
          yield* embedding(["d"])
        ]
        for (const [n, job] of [one, two, unfinished].entries()) yield* buy(job, yield* missingOf(job), 10 * n)
        yield* sql`UPDATE upload_jobs SET status = 'complete', lease_owner = NULL, lease_until = NULL
          WHERE job_id <> ${unfinished.jobId}`
        const search = (user: UserId, options: Parameters<typeof vectors.search>[3]) =>
          Effect.map(vectors.search(user, model, vectorOf(1), options), (hits) => hits.map(({ text }) => text))
        const hits = yield* vectors.search(localUserId, model, vectorOf(1), { limit: 2 })
        assert.strictEqual(hits[0]?.text, "b")
        assert.strictEqual(hits[0]?.filename, "one.pdf")
        assert.closeTo(hits[0]?.score ?? 0, 1, 1e-6)
        assert.isBelow(hits[1]?.score ?? 1, 0.5)
        assert.sameMembers(yield* search(localUserId, { limit: 9 }), ["a", "b", "c"])
        assert.deepStrictEqual(yield* search(localUserId, { limit: 9, documentId: two.documentId }), ["c"])
        const stranger = UserId.make("00000000-0000-4000-8000-000000000bad")
        assert.deepStrictEqual(yield* search(stranger, { limit: 9 }), [])
        const { chunkId = ChunkId.make(randomUUID()) } = hits[0] ?? {}
        const near = yield* vectors.nearest(localUserId, chunkId, 9)
        assert.sameMembers(near.map(({ text }) => text), ["a", "c"])
        assert.deepStrictEqual(yield* vectors.nearest(stranger, chunkId, 9), [])
      }))
  })
})
