import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { statuses, terminalStatuses } from "../src/domain/JobStatus.ts"
import { dimensions } from "../src/domain/Vector.ts"
import { onEachDatabase } from "./support/databases/Databases.ts"
import { accept, emptyTables, stores } from "./support/databases/stores.ts"

onEachDatabase("the migrated schema", (it) => {
  it.effect("the migrated schema allows exactly the statuses of the state graph", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const [row] = yield* sql<{ readonly definition: string }>`
        SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint
        WHERE conrelid = 'upload_jobs'::regclass AND contype = 'c' AND conname LIKE '%status%'`
      const allowed = [...(row?.definition ?? "").matchAll(/'(\w+)'/g)].map(([, status]) => status)
      assert.deepStrictEqual(allowed, [...statuses])
    }))

  it.effect("the migrated schema indexes the events of exactly the statuses in which a job ends", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const [row] = yield* sql<{ readonly definition: string }>`
        SELECT pg_get_indexdef('job_events_ended'::regclass) AS definition`
      const indexed = [...(row?.definition ?? "").matchAll(/'(\w+)'/g)].map(([, status]) => status)
      assert.deepStrictEqual(indexed, [...terminalStatuses])
    }))

  it.effect("the migrated schema has vectors with the domain's dimensions", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const rows = yield* sql`
        SELECT format_type(atttypid, atttypmod) AS type FROM pg_attribute
        WHERE attrelid = 'document_vector_buffer'::regclass AND attname = 'vector'`
      assert.deepStrictEqual(rows, [{ type: `vector(${dimensions})` }])
    }))

  it.layer(stores)((it) => {
    it.effect("the migrated schema refuses a job that is both held and due, or held without an owner", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const sql = yield* SqlClient.SqlClient
        const job = yield* accept()
        const set = (columns: string) =>
          Effect.flip(sql`UPDATE upload_jobs SET ${sql.literal(columns)} WHERE job_id = ${job.jobId}`)
        for (
          const columns of [
            "lease_owner = gen_random_uuid(), lease_until = now()",
            "lease_owner = gen_random_uuid()",
            "run_at = NULL, lease_until = now()",
            "status = 'done'"
          ]
        ) assert.include(["ConstraintError", "UniqueViolation"], (yield* set(columns)).reason._tag, columns)
      }))

    it.effect("the migrated schema deletes a document's chunks, vectors and attachments with it", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const sql = yield* SqlClient.SqlClient
        const foreign = yield* sql<{ readonly from: string; readonly rule: string }>`
          SELECT conrelid::regclass::text AS "from", confdeltype AS rule FROM pg_constraint
          WHERE contype = 'f' AND conrelid::regclass::text LIKE 'document_%' ORDER BY 1`
        assert.deepStrictEqual(foreign, [
          { from: "document_chunk_buffer", rule: "c" },
          { from: "document_vector_buffer", rule: "c" },
          { from: "documents", rule: "c" }
        ])
      }))
  })
})
