/** What documents cost the database and the provider, in counts: a busy machine makes groups larger, not smaller. */
import { assert, layer as suite } from "@effect/vitest"
import { Effect, Layer, Option, References, Schedule, Tracer } from "effect"
import { SqlClient } from "effect/sql"
import { DocumentParserLocal } from "../../layers/DocumentParser/Local.ts"
import { embeddingBatch } from "../../src/policy/limits.ts"
import { databases } from "../support/databases/Databases.ts"
import { stores, upload } from "../support/databases/stores.ts"
import { embeddingModel } from "../support/harness/TestApi.ts"
import { EmbedderLog, EmbedderMemory } from "../twins/EmbedderMemory.ts"
import { ObjectStorageMemory } from "../twins/ObjectStorageMemory.ts"
import { workerHere } from "./worker.ts"

const spans: Array<Tracer.NativeSpan> = []
const tracer = Tracer.make({
  span: (options) => {
    const span = new Tracer.NativeSpan(options)
    spans.push(span)
    return span
  }
})

/** Of a job or of many: the worker's polls and sweeps are roots of their own. */
const isOfJobs = (span: Tracer.AnySpan): boolean =>
  span._tag === "Span" && (
    span.name === "process upload_jobs" || span.name === "batch" || Option.exists(span.parent, isOfJobs)
  )

const parts = Layer.mergeAll(DocumentParserLocal(), EmbedderMemory(embeddingModel), ObjectStorageMemory).pipe(
  Layer.provideMerge(stores)
)

const many = 26
const partsOfEach = 20

/** Few words, as the embedder's twin hashes each. */
const textOf = (document: number) =>
  Array.from(
    { length: partsOfEach },
    (_, n) => `## Part ${n} of ${document}\n\n${`${"policyholder".repeat(8)} `.repeat(7)}`
  ).join("\n\n")

/** The worker starts when all documents are there. */
const costOf = Effect.fnUntraced(function*(documents: number) {
  const sql = yield* SqlClient.SqlClient
  const log = yield* EmbedderLog
  const walBytes = Effect.map(
    sql<{ readonly at: number }>`SELECT (pg_current_wal_insert_lsn() - '0/0')::float8 AS at`,
    ([row]) => row?.at ?? 0
  )
  yield* Effect.forEach(Array.from({ length: documents }, (_, n) => documents * 1_000 + n), (n) => upload(textOf(n)), {
    concurrency: 8
  })
  const before = { requests: (yield* log.batches).length, wal: yield* walBytes }
  spans.length = 0
  const open = sql<{ readonly open: number }>`
    SELECT count(*)::int AS open FROM upload_jobs WHERE status <> 'complete'`
  yield* open.pipe(
    Effect.repeat({ until: ([row]) => row?.open === 0, schedule: Schedule.spaced("20 millis") }),
    Effect.provide(workerHere),
    Effect.provideService(References.MinimumLogLevel, "None")
  )
  const bought = (yield* log.batches).slice(before.requests)
  const chunks = bought.reduce((sum, texts) => sum + texts.length, 0)
  const ofJobs = spans.filter(isOfJobs)
  return {
    chunks,
    requests: bought.length,
    leastRequests: Math.ceil(chunks / embeddingBatch.inputs),
    statements: ofJobs.filter(({ attributes }) => attributes.has("db.query.text")).length,
    transactions: ofJobs.filter(({ name }) => name === "sql.transaction").length,
    walBytes: (yield* walBytes) - before.wal
  }
})

for (const { layer, name } of databases) {
  suite(
    parts.pipe(
      Layer.provideMerge(layer),
      Layer.provideMerge(Layer.succeed(Tracer.Tracer, tracer))
    ),
    { excludeTestServices: true, timeout: "1 minute" }
  )(`the cost of documents on ${name}`, (it) => {
    it.effect("one document takes six statements, two of them in a transaction, and one request", () =>
      Effect.gen(function*() {
        const { requests, statements, transactions } = yield* costOf(1)
        assert.deepStrictEqual({ requests, statements, transactions }, { requests: 1, statements: 6, transactions: 1 })
      }))

    it.effect("many documents share their statements and fill their requests", () =>
      Effect.gen(function*() {
        const { chunks, leastRequests, requests, statements, walBytes } = yield* costOf(many)
        assert.strictEqual(chunks, many * partsOfEach)
        // About 0.8 and 8,600: alone, a document takes six statements.
        assert.isAtMost(requests, 2 * leastRequests)
        assert.isAtMost(statements / many, 2)
        // Other tests write to a shared server meanwhile.
        if (name === "pglite") assert.isAtMost(walBytes / chunks, 12_000)
      }))
  })
}
