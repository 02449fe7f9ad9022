import { assert } from "@effect/vitest"
import { Effect, Result } from "effect"
import { SqlClient } from "effect/sql"
import { Overview } from "../../../../services/Overview.ts"
import { parseJobFilter } from "../../../../src/domain/jobFilter.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { accept, emptyTables, heldAt, moveTo, stores } from "../../../support/databases/stores.ts"

const jobsBy = (filter: string) =>
  Effect.flatMap(Overview, ({ jobs }) => jobs(Result.getOrThrow(parseJobFilter(filter)), undefined, 50))

onEachDatabase("the overview", (each) => {
  each.layer(stores)((it) => {
    it.effect("the overview counts jobs by status, what moved in the last minute, and failures", () =>
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

    it.effect("the overview of a database that has seen nothing has zeros, not holes", () =>
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

    it.effect("the place where a time begins in the history is found, and never too late", () =>
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

    it.effect("what the database holds is told by table", () =>
      Effect.gen(function*() {
        const { database_bytes, tables } = yield* Effect.flatMap(Overview, ({ capacity }) => capacity)
        assert.isAbove(database_bytes, 0)
        assert.include(tables.map(({ name }) => name), "upload_jobs")
      }))
  })
})
