/** Expired rows are removed, oldest first and in small batches; everything else stays. */
import { assert } from "@effect/vitest"
import { Deferred, Duration, Effect, Fiber, Option } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { expired } from "../../../../layers/Postgres/upkeep/expired.ts"
import { figures } from "../../../../layers/Postgres/upkeep/HourlyFigures.ts"
import { Documents } from "../../../../services/Documents.ts"
import { Jobs } from "../../../../services/Jobs.ts"
import { type Kept, Retention } from "../../../../services/Retention.ts"
import { localUserId } from "../../../../src/domain/Ids.ts"
import { pruneBatch } from "../../../../src/policy/retention.ts"
import { keptForever } from "../../../support/builders/kept.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { accept, claimOne, emptyTables, moveTo, someone, stores } from "../../../support/databases/stores.ts"
import { noWebhooks, subscribe } from "../../../support/databases/webhooks.ts"

const day = Duration.days(1)

/** A minute later: each kind is due again. */
const prune = Effect.fnUntraced(function*(kept: Partial<Kept>) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE upkeep SET run_at = now()`
  return yield* (yield* Retention).prune({ ...keptForever, ...kept })
})

const count = Effect.fnUntraced(function*(table: string) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly count: number }>`SELECT count(*)::int AS count FROM ${sql(table)}`
  return row?.count ?? 0
})

onEachDatabase("expired rows", (it, database) => {
  it.layer(stores)((it) => {
    it.effect("expired rows of each kind have their row in the table of upkeep, without which they are never due", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const rows = yield* sql<{ readonly kind: string }>`SELECT kind FROM upkeep`
        const kinds = expired(sql, keptForever).map(({ kind }) => kind)
        assert.sameMembers(rows.map(({ kind }) => kind), [...kinds, ...figures])
      }))

    it.effect("expired rows of each kind are removed, and nothing else", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const sql = yield* SqlClient.SqlClient
        const ago = (days: number) => sql`now() - ${days}::float8 * interval '1 day'`
        const user = randomUUID()
        for (const days of [3, 1.5, 0]) {
          yield* sql`INSERT INTO webhook_receipts (provider, event_id, job_id, event_type, payload_sha256, received_at)
            VALUES ('p', ${randomUUID()}, ${user}, 'x', 'x', ${ago(days)})`
          yield* sql`INSERT INTO embedding_ledger (call_id, user_id, embed_model, embed_version, state, chunks, tokens, cost_usd,
            created_at) VALUES (gen_random_uuid(), ${user}, 'm', '1', 'paid', 1, 1, 0, ${ago(days)})`
          yield* sql`INSERT INTO embedding_ledger (call_id, user_id, embed_model, embed_version, state, chunks, tokens, cost_usd,
            created_at, job_id, document_id, fence)
            VALUES (gen_random_uuid(), ${user}, 'm', '1', 'paid', 1, 1, 0, ${ago(days)}, ${user}, ${user}, 1)`
          yield* sql`INSERT INTO budget_spend VALUES (${randomUUID()}, date_trunc('month', ${ago(days * 40)})::date, 1)`
          yield* sql`INSERT INTO alerts (key, code, message, closed_at)
            VALUES (${randomUUID()}, 'EMBED_AUTH', 'x', CASE WHEN ${days > 0} THEN ${ago(days)} END)`
          yield* sql`INSERT INTO api_keys (key_id, user_id, role, name, prefix, secret_sha256, revoked_at, expires_at)
            VALUES (gen_random_uuid(), ${user}, 'user', 'x', ${randomUUID()}, 'x',
              CASE WHEN ${days > 0} THEN ${ago(days)} END, ${ago(-10)})`
          yield* sql`INSERT INTO idempotency_keys (user_id, idempotency_key, holder, locked_until, expires_at)
            VALUES (${user}, ${randomUUID()}, ${user}, now(), ${ago(days - 0.5)})`
          yield* sql`INSERT INTO claim_turns (user_id, claimed_at) VALUES (${randomUUID()}, ${ago(days)})`
        }
        yield* sql`INSERT INTO claim_turns (user_id, claimed_at, due_at) VALUES (${randomUUID()}, ${ago(9)}, now())`
        const tables = [
          "webhook_receipts",
          "embedding_ledger",
          "budget_spend",
          "alerts",
          "api_keys",
          "idempotency_keys",
          "claim_turns",
          "workers",
          "capacity_samples"
        ]
        yield* sql`INSERT INTO workers (worker_id, hostname, pid, version, state, jobs, stale_writes, heartbeat_at)
          VALUES (gen_random_uuid(), 'gone', 1, '1', 'running', 0, 0, ${
          ago(3)
        }), (gen_random_uuid(), 'here', 1, '1', 'running', 0, 0, now())`
        yield* sql`INSERT INTO capacity_samples VALUES (${ago(3)}, 'database', 0, 1), (now(), 'database', 0, 2)`
        yield* prune({})
        const left = () => Effect.forEach(tables, count)
        assert.deepStrictEqual(yield* left(), [3, 6, 3, 3, 3, 1, 2, 2, 2])
        yield* prune({
          spending: Duration.times(day, 2),
          alerts: Duration.times(day, 2),
          keys: Duration.times(day, 2),
          callbacks: Duration.times(day, 2),
          workers: day,
          samples: day
        })
        assert.deepStrictEqual(yield* left(), [2, 5, 1, 2, 2, 1, 2, 1, 1])
        assert.deepStrictEqual(yield* prune({}), [])
      }))

    it.effect("expired rows of deliveries are those that have ended", () =>
      Effect.gen(function*() {
        yield* noWebhooks
        const sql = yield* SqlClient.SqlClient
        const { subscription: { subscriptionId } } = yield* subscribe(localUserId)
        for (const [status, run] of [["delivered", null], ["dead", null], ["pending", "now"]] as const) {
          yield* sql`INSERT INTO webhook_deliveries (subscription_id, user_id, event, payload, status, run_at, updated_at)
            VALUES (${subscriptionId}, ${localUserId}, 'webhook.test', '{}', ${status}, ${run}::timestamptz, now() - interval '3 days')`
        }
        yield* prune({ deliveries: day })
        assert.deepStrictEqual(yield* sql`SELECT status FROM webhook_deliveries`, [{ status: "pending" }])
      }))

    it.effect("expired rows are removed by one process at a time, once a minute, and counted", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const expire =
          sql`INSERT INTO claim_turns (user_id, claimed_at) VALUES (${randomUUID()}, now() - interval '9 days')`
        const seen = sql<{ readonly removed: number; readonly behind: boolean }>`
          SELECT removed::int, caught_up_at IS NULL OR caught_up_at < now() - interval '1 minute' AS behind FROM upkeep
          WHERE kind = 'turns'`
        yield* prune({})
        const [before] = yield* seen
        yield* expire
        const { prune: again } = yield* Retention
        assert.deepStrictEqual(yield* again(keptForever), [], "not yet due")
        yield* prune({})
        assert.deepStrictEqual(yield* seen, [{ removed: (before?.removed ?? 0) + 1, behind: false }])
        if (database !== "postgres") return
        yield* expire
        yield* sql`UPDATE upkeep SET run_at = now()`
        // Another process's round has the row.
        const free = yield* Deferred.make<void>()
        const locked = yield* Deferred.make<void>()
        const busy = yield* sql`SELECT FROM upkeep WHERE kind = 'turns' FOR UPDATE`.pipe(
          Effect.andThen(Deferred.succeed(locked, undefined)),
          Effect.andThen(Deferred.await(free)),
          sql.withTransaction,
          Effect.forkChild
        )
        yield* Deferred.await(locked)
        assert.deepStrictEqual(yield* again(keptForever), [])
        yield* Deferred.succeed(free, undefined)
        yield* Fiber.join(busy)
        assert.lengthOf(yield* again(keptForever), 1)
      }))

    it.effect("expired rows include the history of jobs that ended long ago, which still show how they ended", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const sql = yield* SqlClient.SqlClient
        const [jobs, documents] = [yield* Jobs, yield* Documents]
        const [long, lately, running] = [yield* accept(), yield* accept(), yield* accept()]
        for (const job of [long, lately]) yield* jobs.cancel(localUserId, job.jobId, someone)
        yield* sql`UPDATE job_events SET created_at = now() - interval '3 days'`
        yield* sql`UPDATE upload_jobs SET processing_completed_at = now() - interval '3 days' WHERE job_id = ${long.jobId}`
        assert.deepStrictEqual(yield* prune({ history: day }), [
          { kind: "history", removed: 2, more: false, failure: Option.none() }
        ])
        const events = (job: typeof long) => Effect.map(jobs.events(localUserId, job.jobId, 0), (found) => found.length)
        assert.deepStrictEqual(yield* Effect.forEach([long, lately, running], events), [0, 2, 1])
        const found = Option.getOrThrow(yield* documents.find(localUserId, long.documentId))
        assert.strictEqual(found.job.lastError?.code, "CANCELLED")
        yield* moveTo(yield* claimOne(), ["parse_queued"])
      }))

    it.effect("expired rows are removed batch by batch, skipping those that must stay", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const sql = yield* SqlClient.SqlClient
        const running = yield* accept()
        const many = (job: string, events: number) =>
          sql`INSERT INTO job_events (job_id, type, to_status, actor, fence, progress)
            SELECT ${job}, 'parked', 'uploaded', 'x', 0, '{}' FROM generate_series(1, ${events}::int)`
        yield* many(running.jobId, pruneBatch)
        yield* many(randomUUID(), pruneBatch + 7)
        yield* sql`UPDATE job_events SET created_at = now() - interval '3 days'`
        let rounds = 0
        let removed = 0
        for (let more = true; more; rounds++) {
          const [round] = yield* prune({ history: day })
          removed += round?.removed ?? 0
          more = round?.more ?? false
        }
        assert.deepStrictEqual([removed, rounds], [pruneBatch + 7, 3])
        assert.strictEqual(yield* count("job_events"), pruneBatch + 1)
      }))
  })
})
