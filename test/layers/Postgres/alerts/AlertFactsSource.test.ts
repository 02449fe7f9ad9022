import { NodeServices } from "@effect/platform-node"
import { assert } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { SqlClient } from "effect/sql"
import { migrate } from "../../../../layers/Postgres/schema/migrate.ts"
import { AlertFactsSource } from "../../../../services/AlertFactsSource.ts"
import { Budgets } from "../../../../services/Budgets.ts"
import { asOwner } from "../../../support/databases/asOwner.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { migrationsDirectory } from "../../../support/databases/migrationsTemplate.ts"
import { accept, claimOne, emptyTables, moveTo, pathTo, someone, stores } from "../../../support/databases/stores.ts"

const facts = Effect.flatMap(AlertFactsSource, ({ read }) => read(900))

onEachDatabase("the facts that rules are judged by", (suite) => {
  suite.layer(stores)((it) => {
    it.effect("an empty database has no worker, no job and no completed document", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const { dueFor, ended, errors, lastCompleted, lastMove, stuckJobs, workers } = yield* facts
        assert.deepStrictEqual({ dueFor, ended, errors, lastCompleted, lastMove, stuckJobs, workers }, {
          dueFor: null,
          ended: { complete: 0, failed: 0 },
          errors: [],
          lastCompleted: null,
          lastMove: null,
          stuckJobs: [],
          workers: []
        })
      }))

    it.effect("workers count as replaced once another has started since their last heartbeat", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* emptyTables
        const add = (host: string, state: string, started: string, beat: string) =>
          sql`INSERT INTO workers (worker_id, hostname, pid, version, state, jobs, stale_writes, started_at, heartbeat_at)
            VALUES (gen_random_uuid(), ${host}, 1, '1', ${state}, 0, 0, now() - ${started}::interval, now() - ${beat}::interval)`
        yield* add("dead", "running", "2 hours", "1 hour")
        yield* add("stopped", "stopped", "2 hours", "1 hour")
        yield* add("silent", "running", "10 minutes", "2 minutes")
        const seen = (yield* facts).workers.map(({ hostname, replaced }) => [hostname, replaced])
        assert.deepStrictEqual(seen, [["silent", false], ["dead", true]])
      }))

    it.effect("a job that a worker holds without a move is stuck, and so is one that can neither be claimed nor is held", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* emptyTables
        const [held, lost, waiting] = [yield* accept(), yield* accept(), yield* accept()]
        yield* sql`UPDATE upload_jobs SET updated_at = now() - interval '1 hour'`
        yield* sql`UPDATE upload_jobs SET run_at = NULL, lease_owner = gen_random_uuid(), lease_until = now()
          WHERE job_id = ${held.jobId}`
        yield* sql`UPDATE upload_jobs SET run_at = NULL WHERE job_id = ${lost.jobId}`
        yield* sql`UPDATE upload_jobs SET run_at = now() - interval '5 minutes' WHERE job_id = ${waiting.jobId}`
        const { dueFor, stuckJobs } = yield* facts
        assert.sameDeepMembers(stuckJobs.map(({ job, lost }) => ({ job, lost })), [
          { job: held.jobId, lost: false },
          { job: lost.jobId, lost: true }
        ])
        assert.approximately(dueFor ?? 0, 300, 30)
      }))

    it.effect("ended jobs, their errors, times and parses are those of the last minutes", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* emptyTables
        yield* accept()
        const job = yield* moveTo(yield* claimOne(), pathTo("parsed"))
        yield* sql`INSERT INTO job_events (job_id, type, from_status, to_status, code, actor, fence, progress)
          SELECT ${job.jobId}, 'failed', 'parsed', 'failed_parse', code, 'test', 1, '{}'
          FROM unnest(ARRAY['NO_TEXT', 'NO_TEXT', 'CANCELLED']) AS code`
        yield* sql`INSERT INTO job_events (job_id, type, from_status, to_status, actor, fence, progress)
          VALUES (${job.jobId}, 'moved', 'embeddings_stored', 'complete', 'test', 1, '{}')`
        const { ended, errors, lastCompleted, latency, parses } = yield* facts
        assert.deepStrictEqual(ended, { complete: 1, failed: 2 })
        assert.deepStrictEqual(errors, [{ code: "NO_TEXT", times: 2 }])
        assert.deepStrictEqual(parses, { ended: 1, polled: 1 })
        assert.strictEqual(latency.recentJobs, 1)
        assert.isBelow(lastCompleted ?? Infinity, 60)
      }))

    it.effect("a job that a rate limit keeps waiting counts as an error until it continues, also after its event is old", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* emptyTables
        const [first, second] = [yield* accept(), yield* accept()]
        const lastError = JSON.stringify({ code: "PARSER_RATE_LIMITED", class: "transient", message: "429" })
        yield* sql`UPDATE upload_jobs SET run_at = now() + interval '4 minutes', last_error = ${lastError}::jsonb`
        const event = (job: string, age: string) =>
          sql`INSERT INTO job_events (job_id, type, from_status, to_status, code, actor, fence, progress, created_at)
            VALUES (${job}, 'retry_scheduled', 'uploaded', 'uploaded', 'PARSER_RATE_LIMITED', 'test', 1, '{}',
              now() - ${age}::interval)`
        yield* event(first.jobId, "10 minutes")
        yield* event(second.jobId, "1 minute")
        assert.deepStrictEqual((yield* facts).errors, [{ code: "PARSER_RATE_LIMITED", times: 2 }])
        yield* sql`UPDATE upload_jobs SET last_error = NULL`
        assert.deepStrictEqual((yield* facts).errors, [{ code: "PARSER_RATE_LIMITED", times: 1 }])
      }))

    it.effect("a document that crashed its workers is poison until its job is retried or deleted", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* emptyTables
        const { documentId, jobId } = yield* accept()
        const move = (from: string, to: string, code: string | null) =>
          sql`WITH moved AS (UPDATE upload_jobs SET status = ${to} WHERE job_id = ${jobId})
            INSERT INTO job_events (job_id, type, from_status, to_status, code, actor, fence, progress)
            VALUES (${jobId}, 'moved', ${from}, ${to}, ${code}, 'test', 1, '{}')`
        yield* move("chunking", "failed_chunking", "CHUNK_TIMEOUT")
        assert.deepStrictEqual((yield* facts).poison, [])
        yield* move("chunking", "failed_chunking", "WORKER_CRASHED")
        assert.deepStrictEqual((yield* facts).poison, [{ job: jobId, document: documentId }])
        yield* move("failed_chunking", "parse_validated", null)
        assert.deepStrictEqual((yield* facts).poison, [])
      }))

    it.effect("the oldest transaction of a client is seen, but none of autovacuum and none that is ending", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const seen = (rows: string) =>
          asOwner(Effect.gen(function*() {
            yield* sql`CREATE OR REPLACE FUNCTION accessa_open_transactions()
              RETURNS TABLE (pid integer, name text, since timestamptz) LANGUAGE sql AS ${
              sql.literal(`'VALUES ${rows}'`)
            }`
            // Undoes the replacement.
            return yield* Effect.fail((yield* facts).transaction)
          })).pipe(Effect.flip)
        const autovacuum = "(1, NULL, now() - interval ''9 h'')"
        const ending = "(2, ''ending'', NULL::timestamptz)"
        const report = "(3, ''report'', now() - interval ''1 h'')"
        assert.isNull(yield* seen(`${ending}, ${autovacuum}`))
        assert.deepInclude(yield* seen(`${ending}, ${autovacuum}, ${report}`), { pid: 3, name: "report" })
      }))

    it.effect("a release that was rolled back is seen until its alert is acknowledged or a later release is promoted", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* sql`DELETE FROM releases`
        const ended = (version: string, outcome: string) =>
          sql`INSERT INTO releases (release_id, environment, version, started_by, before, outcome, ended_at, reason, lease_until)
            VALUES (gen_random_uuid(), 'staging', ${version}, 'test', '{}', ${outcome}, clock_timestamp(), 'smoke failed', now())`
        const failed = {
          environment: "staging",
          version: "v2",
          outcome: "rolled_back",
          reason: "smoke failed"
        } as const
        yield* ended("v1", "promoted")
        assert.deepStrictEqual((yield* facts).failedReleases, [])
        yield* ended("v2", "rolled_back")
        assert.deepStrictEqual((yield* facts).failedReleases, [failed])
        yield* sql`INSERT INTO alerts (rule, subject, key, code, severity, message, fired_at, acknowledged_at)
          VALUES ('RELEASE_ROLLED_BACK', 'staging', 'RELEASE_ROLLED_BACK:staging', 'RELEASE_ROLLED_BACK', 'warning', 'm',
            now(), clock_timestamp())`
        assert.deepStrictEqual((yield* facts).failedReleases, [])
        yield* ended("v3", "needs_a_person")
        assert.deepStrictEqual((yield* facts).failedReleases, [{ ...failed, version: "v3", outcome: "needs_a_person" }])
        yield* ended("v4", "promoted")
        assert.deepStrictEqual((yield* facts).failedReleases, [])
        yield* sql`DELETE FROM alerts WHERE rule = 'RELEASE_ROLLED_BACK'`
      }))

    it.effect("a sink that refused a notice is seen until it has taken one, also while the refused one waits", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* sql`INSERT INTO alerts (rule, severity, key, subject, code, message)
          VALUES ('NO_WORKER', 'critical', 'NO_WORKER', '', 'NO_WORKER', ''), ('NO_DATA', 'warning', 'NO_DATA', '', 'NO_DATA', '')`
        const add = (key: string, attempts: number, error: string | null, delivered: string | null) =>
          sql`INSERT INTO alert_deliveries (alert_id, sink, state, level, notice, attempts, run_at, last_error, delivered_at)
            SELECT alert_id, 'slack', 'firing', 'team', '{}', ${attempts}, now() - interval '10 minutes', ${error},
              now() - ${delivered}::interval FROM alerts WHERE key = ${key}`
        yield* add("NO_WORKER", 3, "500", null)
        assert.deepStrictEqual((yield* facts).sinks, [{ sink: "slack", attempts: 3, error: "500" }])
        yield* add("NO_DATA", 1, null, "5 minutes")
        assert.deepStrictEqual((yield* facts).sinks, [])
        yield* sql`DELETE FROM alerts`
      }))

    it.effect("a budget is seen from half of its limit on, and when jobs are parked for it", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const budgets = yield* Budgets
        yield* emptyTables
        yield* sql`DELETE FROM budget_spend`
        yield* budgets.set(null, 10, someone)
        const { userId } = yield* accept()
        yield* sql`INSERT INTO budget_spend (user_id, month, spent_usd)
          VALUES ('00000000-0000-0000-0000-000000000000', date_trunc('month', now() AT TIME ZONE 'UTC')::date, 8)`
        assert.deepStrictEqual((yield* facts).budgets, [{ user: null, share: 0.8, parked: false }])
        yield* sql`UPDATE upload_jobs SET last_error = '{"code": "BUDGET_EXCEEDED", "class": "recoverable"}'`
        assert.deepInclude((yield* facts).budgets, { user: userId, share: 1, parked: true })
        yield* budgets.set(null, null, someone)
      }))

    it.effect("rights of other roles are found until the migrations have run again", () =>
      Effect.gen(function*() {
        assert.deepStrictEqual((yield* facts).grants, [])
        yield* asOwner((yield* SqlClient.SqlClient)`GRANT SELECT ON alerts TO PUBLIC`)
        const fresh = Effect.provide(facts, stores, { local: true })
        assert.deepStrictEqual((yield* fresh).grants, ["PUBLIC may SELECT on alerts"])
        yield* migrate(migrationsDirectory)
        assert.deepStrictEqual((yield* fresh).grants, [])
      }).pipe(Effect.provide(NodeServices.layer)))

    it.effect("rights that could not be read are read again the next time, and the other facts with them", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* Effect.gen(function*() {
          yield* asOwner(sql`REVOKE SELECT ON pg_catalog.pg_policy FROM PUBLIC`)
          assert.isTrue(Exit.isFailure(yield* Effect.exit(facts)))
          yield* asOwner(sql`GRANT SELECT ON pg_catalog.pg_policy TO PUBLIC`)
          assert.deepStrictEqual((yield* facts).grants, [])
        }).pipe(Effect.provide(stores, { local: true }))
      }))
  })
})
