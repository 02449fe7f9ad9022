/** Another user's document, requested by its ids through every port that a request can reach. */
import { assert } from "@effect/vitest"
import { Effect, Option, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { Chunks } from "../../services/Chunks.ts"
import { Documents } from "../../services/Documents.ts"
import { Jobs } from "../../services/Jobs.ts"
import { Vectors } from "../../services/Vectors.ts"
import { chunkId } from "../../src/domain/Chunk.ts"
import { eventStream } from "../../src/http/server/eventStream.ts"
import { JobWatches } from "../../src/http/server/JobWatches.ts"
import { asOwner } from "../support/databases/asOwner.ts"
import { onEachDatabase } from "../support/databases/Databases.ts"
import { someone, stores } from "../support/databases/stores.ts"
import { noWebhooks } from "../support/databases/webhooks.ts"
import { fillTables, me, other, rowsFromOutside, tables } from "./twoUsers.ts"

const filled = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* noWebhooks
  yield* asOwner(sql`TRUNCATE budgets, budget_spend, parse_cancellations`)
  return { mine: yield* fillTables(me), theirs: yield* fillTables(other) }
})

const query = new Float32Array(1536).fill(1)

onEachDatabase("another user's document", (it) => {
  it.layer(stores)((it) => {
    it.effect("is not found by search, with or without its id", () =>
      Effect.gen(function*() {
        const { mine, theirs } = yield* filled
        const vectors = yield* Vectors
        const model = { model: mine.embedModel, version: mine.embedVersion, dimensions: 1536 }
        const hits = yield* vectors.search(me, model, query, { limit: 10 })
        assert.deepStrictEqual(hits.map(({ documentId }) => documentId), [mine.documentId])
        assert.deepStrictEqual(
          yield* vectors.search(me, model, query, { limit: 10, documentId: theirs.documentId }),
          []
        )
      }))

    it.effect("has no chunks, no receipt, no history and no storage paths", () =>
      Effect.gen(function*() {
        const { theirs } = yield* filled
        const [chunks, documents, jobs] = [yield* Chunks, yield* Documents, yield* Jobs]
        for (
          const ask of [
            chunks.page(me, theirs.documentId, -1, 10),
            documents.find(me, theirs.documentId),
            documents.remove(me, theirs.documentId, someone),
            jobs.find(me, theirs.jobId),
            jobs.receipt(me, theirs.jobId)
          ]
        ) assert.isTrue(Option.isNone<unknown>(yield* ask))
        assert.deepStrictEqual(yield* jobs.events(me, theirs.jobId, 0), [])
        assert.deepStrictEqual(yield* jobs.calls(me, theirs.jobId), { calls: [], callbacks: [] })
        const { nearest } = yield* Vectors
        assert.deepStrictEqual(yield* nearest(me, chunkId(theirs.documentId, theirs.chunksVersion, 0), 9), [])
        assert.deepStrictEqual(yield* jobs.list(me, { documentId: theirs.documentId, limit: 10 }), {
          jobs: [],
          next: Option.none()
        })
        assert.isTrue(Option.isSome(yield* documents.find(other, theirs.documentId)))
      }))

    it.effect("sends no events to another user's watcher", () =>
      Effect.gen(function*() {
        const { mine, theirs } = yield* filled
        const watches = yield* JobWatches
        const heard = (job: typeof mine) =>
          eventStream(watches.watch(me, job.jobId), 0).pipe(
            Stream.decodeText,
            Stream.runFold(() => "", (text, part) => text + part)
          )
        assert.include(yield* heard({ ...mine }), mine.jobId)
        assert.notInclude(yield* heard(theirs), "data:")
      }).pipe(Effect.provide(JobWatches.layer)))

    it.effect("cannot be changed", () =>
      Effect.gen(function*() {
        const { theirs } = yield* filled
        const [documents, jobs] = [yield* Documents, yield* Jobs]
        const look = Effect.flatMap(tables, Effect.forEach((table) => rowsFromOutside(table, other)))
        const before = yield* look
        yield* jobs.retry(me, theirs.jobId, someone)
        yield* jobs.cancel(me, theirs.jobId, someone)
        yield* documents.remove(me, theirs.documentId, someone)
        assert.deepStrictEqual(yield* look, before)
      }))
  })
})
