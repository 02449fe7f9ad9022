import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { AlertFactsSource } from "../../../../services/AlertFactsSource.ts"
import { HourlyFigures } from "../../../../services/HourlyFigures.ts"
import { JobQueue } from "../../../../services/JobQueue.ts"
import { Overview } from "../../../../services/Overview.ts"
import { beatsKept } from "../../../../src/policy/worker.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { accept, aWorker, emptyTables, stores } from "../../../support/databases/stores.ts"

/** From scratch, as if no process had written figures yet. */
const begin = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* emptyTables
  for (const table of ["status_hours", "spending_hours", "capacity_samples"]) yield* sql`DELETE FROM ${sql(table)}`
  yield* sql`UPDATE upkeep SET run_at = now(), place = 0 WHERE kind IN ('sizes', 'spending_hours', 'status_hours')`
})

/** A job that went to `parse_queued` and to `complete`, so many seconds after its upload in the middle of an hour ago. */
const tookInHour = Effect.fnUntraced(function*(hoursAgo: number, parse: number, whole: number) {
  const sql = yield* SqlClient.SqlClient
  const { jobId } = yield* accept()
  yield* sql`DELETE FROM job_events WHERE job_id = ${jobId}`
  const uploaded =
    sql`date_trunc('hour', now(), 'UTC') - ${hoursAgo}::float8 * interval '1 hour' + interval '30 minutes'`
  yield* sql`UPDATE upload_jobs SET created_at = ${uploaded} WHERE job_id = ${jobId}`
  yield* sql`INSERT INTO job_events (job_id, type, from_status, to_status, actor, fence, progress, created_at)
    SELECT ${jobId}, 'moved', f, t, 'test', 1, '{}', ${uploaded} + s * interval '1 second'
    FROM (VALUES (NULL, 'uploaded', 0), ('uploaded', 'parse_queued', 0), ('parse_queued', 'embeddings_stored', ${parse}::int),
      ('embeddings_stored', 'complete', ${whole}::int)) AS v(f, t, s)`
})

onEachDatabase("the figures by the hour", (suite) => {
  suite.layer(stores)((it) => {
    it.effect("how long documents took is written once for each hour that is over", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const { times } = yield* HourlyFigures
        yield* begin
        for (const seconds of [10, 20, 30]) yield* tookInHour(2, seconds, seconds * 2)
        assert.isTrue(yield* times)
        assert.isFalse(yield* times, "not due again before the next hour")
        yield* sql`UPDATE upkeep SET run_at = now() WHERE kind = 'status_hours'`
        assert.isTrue(yield* times)
        const rows = yield* sql`SELECT status, jobs::int AS jobs, p50_ms AS p50 FROM status_hours
          WHERE status IN ('parse_queued', 'complete') ORDER BY status`
        assert.deepStrictEqual(rows.map((row) => ({ ...row })), [
          { status: "complete", jobs: 3, p50: 40_000 },
          { status: "parse_queued", jobs: 3, p50: 20_000 }
        ])
      }))

    it.effect("what is usual is the median of the hours, so that one bad hour does not count", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* begin
        const { glance } = yield* Overview
        assert.isTrue((yield* glance).stages.every(({ usual_p95_ms }) => usual_p95_ms === null))
        yield* sql`INSERT INTO status_hours (hour, status, jobs, p50_ms, p95_ms)
          SELECT now() - n * interval '1 hour', s, 10, CASE WHEN n = 2 THEN 900000 ELSE 2000 END, CASE WHEN n = 2 THEN 999000 ELSE 4000 END
          FROM generate_series(1, 5) AS n, unnest(ARRAY['parsed', 'complete']) AS s`
        const parsed = (yield* glance).stages.find(({ status }) => status === "parsed")
        assert.deepInclude(parsed, { usual_p50_ms: 2_000, usual_p95_ms: 4_000, p95_ms: null })
        const { latency } = yield* Effect.flatMap(AlertFactsSource, ({ read }) => read(900))
        assert.deepInclude(latency, { usual: 4, usualJobs: 50 })
        yield* begin
        const before = yield* Effect.flatMap(AlertFactsSource, ({ read }) => read(900))
        assert.deepInclude(before.latency, { usual: null, usualJobs: 0 })
      }))

    it.effect("spending is summed up once its hour is over for an hour", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const { spending } = yield* HourlyFigures
        yield* begin
        const { documentId, jobId, userId } = yield* accept()
        yield* sql`INSERT INTO embedding_ledger (call_id, job_id, user_id, document_id, embed_model, embed_version, state, chunks,
            tokens, cost_usd, fence, created_at)
          SELECT gen_random_uuid(), ${jobId}, ${userId}, ${documentId}, 'm', '1', 'paid', 2, 10, 0.25, 1,
            now() - n * interval '1 hour' FROM generate_series(0, 3) AS n`
        assert.isTrue(yield* spending)
        assert.isFalse(yield* spending, "not due again before the next hour")
        const rows = yield* sql`SELECT calls::int AS calls, usd FROM spending_hours ORDER BY hour`
        assert.deepStrictEqual(rows.map((row) => ({ ...row })), [{ calls: 1, usd: 0.25 }, { calls: 1, usd: 0.25 }])
      }))

    it.effect("the chunk and vector tables grow by what was added since the newest sample that is ten minutes old", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* begin
        const growth = Effect.map(
          Effect.flatMap(AlertFactsSource, ({ read }) => read(900)),
          ({ bufferBytesPerHour }) => bufferBytesPerHour
        )
        const { sizes } = yield* HourlyFigures
        assert.isTrue(yield* sizes)
        assert.isNull(yield* growth, "of a sample that is too young")
        yield* sql`INSERT INTO capacity_samples SELECT now() - interval '30 minutes', subject, rows, bytes - 5000
          FROM capacity_samples WHERE subject IN ('document_chunk_buffer', 'document_vector_buffer')`
        assert.approximately((yield* growth) ?? 0, 20_000, 100)
      }))

    it.effect("a worker's row remembers its last heartbeats and what providers left of their limits", () =>
      Effect.gen(function*() {
        yield* begin
        const { beat } = yield* JobQueue
        const limit = { dependency: "embedder" as const, kind: "tokens" as const, limit: 1_000 }
        const beatWith = (workerId: ReturnType<typeof aWorker>, remaining: number, at: string) =>
          beat({
            workerId,
            hostname: "h",
            pid: 1,
            version: "1",
            state: "running",
            holds: [],
            staleWrites: 0,
            rateLimits: [{ ...limit, remaining, at }]
          })
        const [first, second] = [aWorker(), aWorker()]
        for (let n = 0; n < beatsKept + 2; n++) yield* beatWith(first, 900, "2026-01-01T10:00:00.000Z")
        yield* beatWith(second, 250, "2026-01-01T10:00:05.000Z")
        const { providers, workers } = yield* Effect.flatMap(Overview, ({ glance }) => glance)
        const beatsOf = (id: string) => workers.find(({ worker_id }) => worker_id === id)?.beats
        assert.strictEqual(beatsOf(first)?.length, beatsKept)
        assert.strictEqual(beatsOf(second)?.length, 1)
        assert.isAtMost(beatsOf(second)?.[0] ?? Infinity, 30)
        const limits = providers.find(({ name }) => name === "embedder")?.limits
        assert.deepStrictEqual(limits?.map(({ limit, remaining }) => [limit, remaining]), [[1_000, 250]])
        assert.deepStrictEqual(providers.find(({ name }) => name === "parser")?.limits, [])
      }))
  })
})
