/** Expired rows are removed, oldest first and in small batches; everything else stays. */
import { assert } from "@effect/vitest"
import { Duration, Effect, Option } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { Documents } from "../../../../services/Documents.ts"
import { Jobs } from "../../../../services/Jobs.ts"
import { type Kept, Retention } from "../../../../services/Retention.ts"
import { localUserId } from "../../../../src/domain/Ids.ts"
import { pruneBatch } from "../../../../src/policy/retention.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { accept, claimOne, emptyTables, moveTo, someone, stores } from "../../../support/databases/stores.ts"

const day = Duration.days(1)
const forEver: Kept = { history: undefined, spending: undefined, alerts: undefined, keys: undefined }

const count = Effect.fnUntraced(function*(table: string) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly count: number }>`SELECT count(*)::int AS count FROM ${sql(table)}`
  return row?.count ?? 0
})

onEachDatabase("expired rows", (it) => {
  it.layer(stores)((it) => {
    it.effect("expired rows of each kind are removed, and nothing else", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const sql = yield* SqlClient.SqlClient
        const { prune } = yield* Retention
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
          "claim_turns"
        ]
        yield* prune(forEver)
        const left = () => Effect.forEach(tables, count)
        assert.deepStrictEqual(yield* left(), [2, 6, 3, 3, 3, 1, 2])
        yield* prune({
          ...forEver,
          spending: Duration.times(day, 2),
          alerts: Duration.times(day, 2),
          keys: Duration.times(day, 2)
        })
        assert.deepStrictEqual(yield* left(), [2, 5, 1, 2, 2, 1, 2])
        assert.deepStrictEqual(yield* prune(forEver), { removed: 0, more: false })
      }))

    it.effect("expired rows include the history of jobs that ended long ago, which still show how they ended", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const sql = yield* SqlClient.SqlClient
        const { prune } = yield* Retention
        const [jobs, documents] = [yield* Jobs, yield* Documents]
        const [long, lately, running] = [yield* accept(), yield* accept(), yield* accept()]
        for (const job of [long, lately]) yield* jobs.cancel(localUserId, job.jobId, someone)
        yield* sql`UPDATE job_events SET created_at = now() - interval '3 days'`
        yield* sql`UPDATE upload_jobs SET processing_completed_at = now() - interval '3 days' WHERE job_id = ${long.jobId}`
        assert.deepStrictEqual(yield* prune({ ...forEver, history: day }), { removed: 2, more: false })
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
        const { prune } = yield* Retention
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
          const round = yield* prune({ ...forEver, history: day })
          removed += round.removed
          more = round.more
        }
        assert.deepStrictEqual([removed, rounds], [pruneBatch + 7, 3])
        assert.strictEqual(yield* count("job_events"), pruneBatch + 1)
      }))
  })
})
