import { assert } from "@effect/vitest"
import { Duration, Effect, Layer, Result, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { capacity as capacityUpTo } from "../../../../layers/Postgres/overview/capacity.ts"
import { HourlyFigures } from "../../../../services/HourlyFigures.ts"
import { JobQueue } from "../../../../services/JobQueue.ts"
import { Jobs } from "../../../../services/Jobs.ts"
import { Overview } from "../../../../services/Overview.ts"
import type { JobError } from "../../../../src/domain/Job.ts"
import { parseJobFilter } from "../../../../src/domain/jobFilter.ts"
import { Capacity } from "../../../../src/domain/Overview.ts"
import { Leases, leases } from "../../../../src/policy/leases.ts"
import { beatOf } from "../../../support/builders/beat.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { accept, aWorker, emptyTables, heldAt, moveTo, stores } from "../../../support/databases/stores.ts"

const errorWith = (message: string): JobError => ({
  code: "PARSE_CORRUPT",
  class: "permanent",
  message,
  help: "Save it again.",
  kept: "The upload.",
  atStatus: "uploaded"
})

const jobsBy = (filter: string) =>
  Effect.flatMap(Overview, ({ jobs }) => jobs(Result.getOrThrow(parseJobFilter(filter)), undefined, 50))

onEachDatabase("the overview", (each) => {
  each.layer(stores)((it) => {
    it.effect("the overview counts jobs by status, moves of the last minute, and failures", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const overview = yield* Overview
        yield* accept()
        yield* accept()
        yield* heldAt("chunking")
        const failed = yield* heldAt("uploaded")
        yield* moveTo(failed, ["failed_parse"], { resumeStatus: "uploaded" })
        const seen = yield* overview.glance
        const flow = (status: string) => seen.statuses.find((each) => each.status === status)
        assert.strictEqual(seen.in_flight, 3)
        assert.strictEqual(seen.failed, 1)
        assert.strictEqual(flow("uploaded")?.jobs, 2)
        assert.strictEqual(flow("chunking")?.jobs, 1)
        assert.isNotNull(flow("chunking")?.oldest_since)
        assert.strictEqual(flow("failed_parse")?.entered_last_minute, 1)
        assert.strictEqual(seen.minutes.length, 60)
        assert.strictEqual(seen.minutes.reduce((sum, minute) => sum + minute.failed, 0), 1)
        assert.strictEqual(seen.changes[0]?.to_status, "failed_parse")
        assert.isTrue(seen.providers.every(({ state }) => state === "closed"))
      }))

    it.effect("the overview of an empty database has zeros, not gaps", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const seen = yield* Effect.flatMap(Overview, ({ glance }) => glance)
        assert.strictEqual(seen.in_flight, 0)
        assert.isTrue(seen.statuses.every(({ jobs, oldest_since }) => jobs === 0 && oldest_since === null))
        assert.isTrue(seen.stages.every(({ p50_ms }) => p50_ms === null))
        assert.deepStrictEqual(seen.changes, [])
      }))

    it.effect("jobs of all users are found by status, age, id and part of their name", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const failed = yield* heldAt("uploaded")
        yield* moveTo(failed, ["failed_parse"], { resumeStatus: "uploaded" })
        const open = yield* accept({ filename: "policy-2026.md" })
        const ids = (filter: string) => Effect.map(jobsBy(filter), ({ jobs }) => jobs.map(({ job_id }) => job_id))
        assert.deepStrictEqual(yield* ids("is:open"), [open.jobId])
        assert.deepStrictEqual(yield* ids("is:failed"), [failed.jobId])
        assert.deepStrictEqual(yield* ids("status:failed_parse"), [failed.jobId])
        assert.deepStrictEqual(yield* ids("POLICY-2026"), [open.jobId])
        assert.deepStrictEqual(yield* ids(`id:${open.jobId.slice(0, 8)}`), [open.jobId])
        assert.deepStrictEqual(yield* ids("is:open age:>1h"), [])
        assert.sameMembers([...(yield* ids(""))], [open.jobId, failed.jobId])
      }))

    it.effect("failures are grouped by what went wrong, whatever numbers and names the messages contain", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const fail = Effect.fnUntraced(function*(message: string) {
          const job = yield* heldAt("uploaded")
          yield* moveTo(job, ["failed_parse"], { resumeStatus: "uploaded", lastError: errorWith(message) })
        })
        yield* fail("Page 12 of \"a.pdf\" is damaged.")
        yield* fail("Page 7 of \"b.pdf\" is damaged.")
        yield* fail("The file is empty.")
        const groups = yield* Effect.flatMap(Overview, ({ failures }) => failures)
        assert.deepStrictEqual(groups.map(({ jobs }) => jobs), [2, 1])
        assert.deepStrictEqual(groups.map(({ hours }) => [hours.length, hours.at(-1)]), [[24, 2], [24, 1]])
        const { jobs } = yield* jobsBy(`is:failed error_code:PARSE_CORRUPT fingerprint:${groups[0]?.fingerprint}`)
        assert.strictEqual(jobs.length, 2)
      }))

    it.effect("a failure is new in a release if none of its kind is older, and an earlier release is known", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const sql = yield* SqlClient.SqlClient
        const began = (version: string, hours: number) =>
          sql`INSERT INTO workers (worker_id, hostname, pid, version, state, jobs, stale_writes, started_at)
          VALUES (gen_random_uuid(), 'host', 1, ${version}, 'running', 0, 0, now() - ${hours}::float8 * interval '1 hour')`
        yield* began("1.2.0", 2)
        const job = yield* heldAt("uploaded")
        yield* moveTo(job, ["failed_parse"], { resumeStatus: "uploaded", lastError: errorWith("It is damaged.") })
        const newIn = Effect.map(Effect.flatMap(Overview, ({ failures }) => failures), ([group]) => group?.new_in)
        assert.isNull(yield* newIn)
        yield* began("1.3.0", 1)
        assert.strictEqual(yield* newIn, "1.3.0")
        yield* sql`UPDATE upload_jobs SET processing_completed_at = now() - interval '90 minutes'`
        assert.isNull(yield* newIn)
      }))

    it.effect("held jobs are listed, longest first", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const { held } = yield* Overview
        yield* accept()
        assert.deepStrictEqual(yield* held, [])
        const job = yield* heldAt("chunking")
        assert.deepStrictEqual((yield* held).map(({ job_id, status }) => [job_id, status]), [[job.jobId, "chunking"]])
      }))

    it.effect("costs paid, lost and reused are listed by hour, model and user", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const sql = yield* SqlClient.SqlClient
        const job = yield* heldAt("chunking")
        const ledger = (state: string, usd: number, chunks: number) =>
          sql`INSERT INTO embedding_ledger (call_id, job_id, user_id, document_id, embed_model, embed_version, state, chunks,
            tokens, cost_usd, fence)
          VALUES (gen_random_uuid(), ${job.jobId}, ${job.userId}, ${job.documentId}, 'm', '1', ${state}, ${chunks}, 10, ${usd}, 1)`
        yield* ledger("paid", 0.5, 4)
        yield* ledger("lost", 0.25, 2)
        yield* ledger("reused", 0, 3)
        const { hours, models } = yield* Effect.flatMap(Overview, ({ costs }) => costs)
        assert.strictEqual(hours.length, 24)
        assert.deepInclude(hours.at(-1), { paid_usd: 0.5, lost_usd: 0.25, tokens: 10, reused: 3 })
        assert.deepStrictEqual(models, [
          { model: "m", purpose: "documents", calls: 1, vectors: 4, tokens: 10, paid_usd: 0.5 }
        ])
        const { calls } = yield* Effect.flatMap(Jobs, (jobs) => jobs.calls(job.userId, job.jobId))
        // In no order: they may have been written in the same millisecond.
        assert.sameDeepMembers(calls.map(({ costUsd, state }) => [state, costUsd]), [
          ["paid", 0.5],
          ["lost", 0.25],
          ["reused", 0]
        ])
      }))

    it.effect("a call for two documents is counted as one", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const sql = yield* SqlClient.SqlClient
        for (const job of [yield* heldAt("chunking"), yield* heldAt("chunking")]) {
          yield* sql`INSERT INTO embedding_ledger (call_id, job_id, user_id, document_id, embed_model, embed_version, state, chunks,
            tokens, cost_usd, fence)
          VALUES ('00000000-0000-4000-8000-00000000ca11', ${job.jobId}, ${job.userId}, ${job.documentId}, 'm', '1', 'paid', 1, 10, 0.5, 1)`
        }
        const { calls } = yield* Effect.flatMap(Overview, ({ glance }) => glance)
        assert.deepInclude(calls, { made: 1, lost: 0 })
      }))

    it.effect("the position of a time in the history is found, and never too late", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const sql = yield* SqlClient.SqlClient
        const job = yield* accept()
        yield* sql`
        INSERT INTO job_events (job_id, type, from_status, to_status, actor, fence, progress, created_at)
        SELECT ${job.jobId}::uuid, 'note', 'uploaded', 'uploaded', 'test', 0, '{}', now() - (20000 - n) * interval '1 second'
        FROM generate_series(1, 20000) AS n ORDER BY n`
        const [row] = yield* sql<{ readonly kept: number; readonly all: number }>`
        SELECT count(*) FILTER (WHERE event_id > accessa_events_since(now() - interval '10 minutes'))::int AS kept,
          count(*)::int AS all FROM job_events WHERE type = 'note' AND created_at > now() - interval '10 minutes'`
        assert.strictEqual(row?.kept, row?.all)
      }))

    it.effect("the size of the database is listed by table", () =>
      Effect.gen(function*() {
        const { database_bytes, tables } = yield* Effect.flatMap(Overview, ({ capacity }) => capacity)
        assert.isAbove(database_bytes, 0)
        assert.include(tables.map(({ name }) => name), "upload_jobs")
      }))

    it.effect("what the database holds grows by what was added since the oldest sample of the last week", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const { capacity } = yield* Overview
        const { sizes } = yield* HourlyFigures
        yield* sql`DELETE FROM capacity_samples`
        assert.isTrue(yield* sizes)
        assert.isFalse(yield* sizes, "once an hour")
        assert.isNull((yield* capacity).growth.since)
        yield* sql`INSERT INTO capacity_samples SELECT now() - interval '2 days', subject, rows, bytes - 2000 FROM capacity_samples`
        yield* sql`INSERT INTO capacity_samples SELECT now() - interval '9 days', subject, rows, 0 FROM capacity_samples
          WHERE at > now() - interval '1 day'`
        const { database_bytes, growth, tables } = yield* capacity
        const jobs = tables.find(({ name }) => name === "upload_jobs")
        assert.closeTo(jobs?.bytes_per_day ?? 0, 1_000, 10)
        assert.isAtLeast(growth.database_bytes_per_day ?? 0, 900)
        assert.isNull(growth.days_left, "of an unknown limit")
        const [limited] = yield* capacityUpTo(sql, database_bytes * 2)
        const { growth: { days_left } } = yield* Schema.decodeUnknownEffect(Capacity)(limited?.found)
        assert.closeTo(days_left ?? 0, database_bytes / (growth.database_bytes_per_day ?? 1), 1)
      }))
  })

  const longer = leases({ lease: Duration.seconds(60), heartbeat: Duration.seconds(10) })
  each.layer(Layer.provide(stores, Layer.succeed(Leases, longer)))((it) => {
    it.effect("the overview takes a worker for silent after one and a half of the leases that are set", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const sql = yield* SqlClient.SqlClient
        const queue = yield* JobQueue
        for (const seconds of [70, 100]) {
          const worker = aWorker()
          yield* queue.beat(beatOf(worker))
          yield* sql`UPDATE workers SET heartbeat_at = now() - ${seconds}::int * interval '1 second'
            WHERE worker_id = ${worker}`
        }
        const { workers } = yield* Effect.flatMap(Overview, ({ glance }) => glance)
        assert.deepStrictEqual(workers.map(({ state }) => state), ["running", "silent"])
      }))
  })
})
