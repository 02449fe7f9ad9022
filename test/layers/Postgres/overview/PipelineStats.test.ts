import { assert } from "@effect/vitest"
import { Effect, Option } from "effect"
import { SqlClient } from "effect/sql"
import { JobQueue } from "../../../../services/JobQueue.ts"
import { PipelineStats } from "../../../../services/PipelineStats.ts"
import { beatOf } from "../../../support/builders/beat.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { accept, aWorker, emptyTables, heldAt, moveTo, stores } from "../../../support/databases/stores.ts"

const read = Effect.flatMap(PipelineStats, (stats) => stats.read)

onEachDatabase("the pipeline's numbers", (each) => {
  each.layer(stores)((it) => {
    it.effect("the pipeline's numbers tell what waits apart from what is held", () =>
      Effect.gen(function*() {
        yield* emptyTables
        yield* accept()
        yield* accept()
        yield* heldAt("chunking")
        const failed = yield* heldAt("uploaded")
        yield* moveTo(failed, ["failed_parse"], { resumeStatus: "uploaded" })
        const sql = yield* SqlClient.SqlClient
        yield* sql`UPDATE upload_jobs SET run_at = now() - interval '70 seconds' WHERE run_at IS NOT NULL`
        const { failed: failures, open } = yield* read
        const at = (status: string) => open.find((group) => group.status === status)
        assert.deepInclude(at("uploaded"), { jobs: 2, due: 2 })
        assert.closeTo(at("uploaded")?.dueSeconds ?? 0, 70, 5)
        assert.deepInclude(at("chunking"), { jobs: 1, due: 0, dueSeconds: 0 })
        assert.deepInclude(failures[0], { status: "failed_parse", jobs: 1 })
      }))

    it.effect("a worker whose heartbeat is overdue is silent, and the ages of heartbeats are reported", () =>
      Effect.gen(function*() {
        yield* emptyTables
        assert.isTrue(Option.isNone((yield* read).workers.newestSeconds))
        const queue = yield* JobQueue
        const sql = yield* SqlClient.SqlClient
        const silent = aWorker()
        yield* queue.beat(beatOf(silent))
        yield* sql`UPDATE workers SET heartbeat_at = now() - interval '10 minutes' WHERE worker_id = ${silent}`
        yield* queue.beat(beatOf(aWorker()))
        const { workers } = yield* read
        assert.deepInclude(workers, { running: 1, draining: 0, silent: 1 })
        assert.isBelow(Option.getOrThrow(workers.newestSeconds), 60)
        assert.closeTo(Option.getOrThrow(workers.oldestSeconds), 600, 60)
      }))

    it.effect("the ledger's last hour, the database's size and every table are among the numbers", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const sql = yield* SqlClient.SqlClient
        const row = (state: string, hours: number) =>
          sql`INSERT INTO embedding_ledger (call_id, user_id, embed_model, embed_version, state, chunks, tokens, cost_usd, created_at)
            VALUES (gen_random_uuid(), gen_random_uuid(), 'm', '1', ${state}, 1, 10, 0.5, now() - ${hours}::int * interval '1 hour')`
        yield* row("paid", 0)
        yield* row("lost", 0)
        yield* row("paid", 2)
        const { database, ledger, tables } = yield* read
        assert.deepStrictEqual(ledger, { paidTokens: 10, lostTokens: 10, paidUsd: 0.5, lostUsd: 0.5 })
        assert.isAbove(database.bytes, 1_000_000)
        assert.isAbove(database.maxConnections, 0)
        assert.isAbove(tables.find(({ name }) => name === "upload_jobs")?.bytes ?? 0, 0)
      }))

    it.effect("statement statistics are absent where the database has none", () =>
      Effect.gen(function*() {
        const statements = yield* Effect.flatMap(PipelineStats, (stats) => stats.statements)
        assert.isTrue(Option.isNone(statements))
      }))
  })
})
