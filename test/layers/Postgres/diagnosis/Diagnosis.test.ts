/** Each check of `accessa doctor` that looks at the database fails when it should, and names what it found. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { Diagnosis } from "../../../../services/Diagnosis.ts"
import { asOwner } from "../../../support/databases/asOwner.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { accept, emptyTables, stores } from "../../../support/databases/stores.ts"

const migrationNumbers = Effect.map(
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql<{ readonly id: number }>`SELECT migration_id AS id FROM migration_files`
  ),
  (rows) => rows.map(({ id }) => id)
)

const findings = Effect.gen(function*() {
  const { pipeline, schema } = yield* Diagnosis
  return [...(yield* schema), ...(yield* pipeline)]
})

/** What a check found, if it failed; seconds pass while a test runs. */
const fault = Effect.fnUntraced(function*(name: string) {
  const found = (yield* findings).find((each) => each.name === name)
  if (found === undefined) return yield* Effect.die(new Error(`there is no check ${name}`))
  if (!found.ok) assert.notStrictEqual(found.repair, "")
  return found.ok ? "" : found.found.replaceAll(/\d+ s\b/g, "… s")
})

/** While the schema is changed. */
const whenSchema = (change: string, check: string) =>
  asOwner(Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* sql.unsafe(change)
    return yield* Effect.fail(yield* fault(check))
  })).pipe(Effect.flip)

const aWorker = (fields: Readonly<Record<string, string>> = {}) => {
  const row = { hostname: "'host'", started_at: "now() - interval '1 day'", heartbeat_at: "now()", ...fields }
  return Effect.flatMap(
    SqlClient.SqlClient,
    (sql) =>
      sql.unsafe(
        `INSERT INTO workers (worker_id, pid, version, state, jobs, stale_writes, ${Object.keys(row).join(", ")})
      VALUES ('${randomUUID()}', 1, '1', 'running', 0, 0, ${Object.values(row).join(", ")})`
      )
  )
}

onEachDatabase("the diagnosis", (it) => {
  it.layer(stores)((it) => {
    it.effect("an installation names the newest migration, and a changed object by its hash", () =>
      Effect.gen(function*() {
        const { installation } = yield* Diagnosis
        const before = yield* installation
        assert.strictEqual(before.migration, Math.max(...(yield* migrationNumbers)))
        assert.match(before.postgres, /^\d+\.\d+$/)
        assert.match(before.pgvector, /^0\.\d/)
        const after = yield* asOwner(Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          yield* sql`DROP INDEX idx_upload_jobs_correlation`
          return yield* Effect.fail(yield* installation)
        })).pipe(Effect.flip)
        const names = new Set(("objects" in after ? after.objects : []).map(({ name }) => name))
        assert.deepStrictEqual(before.objects.filter(({ name }) => !names.has(name)).map(({ name }) => name), [
          "index idx_upload_jobs_correlation"
        ])
      }))

    it.effect("the diagnosis finds nothing wrong with a fresh database", () =>
      Effect.gen(function*() {
        yield* emptyTables
        yield* accept()
        const failed = (yield* findings).filter(({ ok }) => !ok)
        assert.deepStrictEqual(failed, [])
      }))

    it.effect("the diagnosis finds migrations that are missing, of another release, or changed", () =>
      Effect.gen(function*() {
        const change = (statement: string) => whenSchema(statement, "migrations")
        assert.strictEqual(
          yield* change("DELETE FROM migration_files WHERE migration_id = 7"),
          "0007_search_ledger has not run"
        )
        assert.strictEqual(
          yield* change("INSERT INTO migration_files VALUES (9999, 'x')"),
          "migration 9999 is of another release"
        )
        assert.strictEqual(
          yield* change("UPDATE migration_files SET sha256 = 'x' WHERE migration_id = 7"),
          "0007_search_ledger was changed after it had run"
        )
      }))

    it.effect("the diagnosis finds columns, indexes, policies, triggers, views, functions and privileges that differ from the shipped ones", () =>
      Effect.gen(function*() {
        const drift: Readonly<Record<string, string>> = {
          "ALTER TABLE upload_jobs DROP COLUMN hinted_at": "column upload_jobs.hinted_at is missing",
          "ALTER TABLE upload_jobs ADD COLUMN mine text": "column upload_jobs.mine is not in the shipped schema",
          "ALTER TABLE upload_jobs ALTER COLUMN priority TYPE bigint": "column upload_jobs.priority differs",
          "ALTER TABLE workers DROP CONSTRAINT workers_state_check":
            "constraint workers.workers_state_check is missing",
          "DROP INDEX upload_jobs_newest": "index upload_jobs_newest is missing",
          "CREATE INDEX mine ON upload_jobs (priority)": "index mine is not in the shipped schema",
          "DROP POLICY own ON documents": "policy own ON documents is missing",
          "DROP TRIGGER counted ON documents": "trigger counted ON documents is missing",
          "ALTER TABLE documents NO FORCE ROW LEVEL SECURITY": "row security of table documents differs",
          "REVOKE SELECT ON documents FROM accessa_user": "privileges on documents TO accessa_user differs",
          "CREATE OR REPLACE FUNCTION accessa_users() RETURNS uuid[] LANGUAGE sql STABLE AS 'SELECT NULL::uuid[]'":
            "function accessa_users differs",
          "ALTER VIEW accessa_chunks OWNER TO CURRENT_USER": "owner of view accessa_chunks differs",
          "CREATE OR REPLACE VIEW accessa_llamaindex AS SELECT id, document_id::text AS external_id, 'x'::text AS collection, text AS document, metadata, embedding AS embeddings FROM accessa_chunks":
            "view accessa_llamaindex differs",
          "CREATE TABLE of_another_application (n int)": ""
        }
        for (const [change, expected] of Object.entries(drift)) {
          assert.strictEqual(yield* whenSchema(change, "schema"), expected, change)
        }
      }))

    it.effect("the diagnosis finds invalid indexes, and privileges of other roles", () =>
      Effect.gen(function*() {
        assert.strictEqual(
          yield* whenSchema(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'upload_jobs_newest'::regclass",
            "indexes"
          ),
          "upload_jobs_newest is invalid"
        )
        assert.strictEqual(
          yield* whenSchema("GRANT SELECT ON documents TO PUBLIC", "grants"),
          "PUBLIC may SELECT on documents"
        )
      }))

    it.effect("the diagnosis finds jobs that nothing holds, takes over, or moves", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const sql = yield* SqlClient.SqlClient
        const { jobId } = yield* accept()
        const set = (columns: string) => sql`UPDATE upload_jobs SET ${sql.literal(columns)} WHERE job_id = ${jobId}`
        yield* set("run_at = NULL, created_at = now() - interval '1 hour'")
        assert.strictEqual(yield* fault("jobs"), `job ${jobId} is neither due nor held nor ended`)
        yield* set("lease_owner = gen_random_uuid(), lease_until = now() - interval '1 hour'")
        assert.strictEqual(
          yield* fault("jobs"),
          `the lease of job ${jobId} ended … s ago, and nothing took it over`
        )
        yield* set("lease_owner = NULL, lease_until = NULL, run_at = now() - interval '20 minutes'")
        assert.strictEqual(yield* fault("jobs"), "", "another job moved a moment ago")
        yield* sql`UPDATE job_events SET created_at = now() - interval '30 minutes'`
        assert.strictEqual(
          yield* fault("jobs"),
          `job ${jobId} has been due for … s, and no job has moved for … s`
        )
        yield* emptyTables
      }))

    it.effect("the diagnosis finds workers that fell silent, unless another one took their place", () =>
      Effect.gen(function*() {
        yield* emptyTables
        yield* aWorker({ heartbeat_at: "now() - interval '1 hour'" })
        assert.match(yield* fault("workers"), /^worker [\da-f-]{36} on host has been silent for … s$/)
        yield* aWorker({ started_at: "now()" })
        assert.strictEqual(yield* fault("workers"), "")
      }))

    it.effect("as many workers on new hosts, as containers have, take the place of those that fell silent", () =>
      Effect.gen(function*() {
        yield* emptyTables
        yield* aWorker({ hostname: "'first'", heartbeat_at: "now() - interval '2 hours'" })
        yield* aWorker({ hostname: "'second'", heartbeat_at: "now() - interval '1 hour'" })
        yield* aWorker({ hostname: "'third'", started_at: "now()" })
        assert.match(yield* fault("workers"), /^worker [\da-f-]{36} on first has been silent for … s$/)
        yield* aWorker({ hostname: "'fourth'", started_at: "now()" })
        assert.strictEqual(yield* fault("workers"), "")
      }))

    it.effect("the diagnosis finds a worker whose clock is wrong", () =>
      Effect.gen(function*() {
        yield* emptyTables
        yield* aWorker({ clock_ahead_ms: "60000" })
        assert.match(
          yield* fault("clocks"),
          /^the clock of worker [\da-f-]{36} on host is … s ahead of the database's$/
        )
        yield* emptyTables
        yield* aWorker({ clock_ahead_ms: "-420026" })
        assert.match(
          yield* fault("clocks"),
          /^the clock of worker [\da-f-]{36} on host is … s behind the database's$/
        )
      }))

    it.effect("the diagnosis finds retention and sweeps that are behind, once a worker has had the time for them", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const sql = yield* SqlClient.SqlClient
        // The copied template may be days old.
        yield* sql`UPDATE upkeep SET run_at = CASE kind WHEN 'alerts' THEN '2026-01-02 03:04Z' ELSE now() END`
        yield* sql`UPDATE upkeep SET ran_at = now(), caught_up_at = '2026-01-02 03:04Z' WHERE kind = 'history'`
        yield* sql`UPDATE object_sweeps SET run_at = CASE bucket WHEN 'raw' THEN '2026-01-02 03:04Z' ELSE now() END`
        yield* aWorker({ started_at: "now()" })
        assert.deepStrictEqual([yield* fault("retention"), yield* fault("sweeps")], ["", ""])
        yield* aWorker()
        assert.strictEqual(
          (yield* fault("retention")).split("; ").toSorted().join("; "),
          "alerts has been due since 2026-01-02 03:04; history has had more to remove since 2026-01-02 03:04"
        )
        assert.strictEqual(yield* fault("sweeps"), "the sweep of raw has been due since 2026-01-02 03:04")
        yield* sql`UPDATE upkeep SET run_at = now(), caught_up_at = now()`
        yield* sql`UPDATE object_sweeps SET run_at = now()`
        yield* emptyTables
      }))
  })
})
