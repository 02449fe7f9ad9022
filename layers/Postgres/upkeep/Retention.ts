/** Removes expired rows on Postgres: small statements, each of which uses an index and skips locked rows. */
import { Duration, Effect, Layer, Ref } from "effect"
import { SqlClient, type Statement } from "effect/sql"
import type { SqlError } from "effect/sql/SqlError"
import { Retention } from "../../../services/Retention.ts"
import { pruneBatch, receiptsKept, turnsKept } from "../../../src/policy/retention.ts"
import { run } from "../connection/rows.ts"

export const RetentionSql = Layer.effect(
  Retention,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const ago = (age: Duration.Duration) => sql`now() - ${Duration.toSeconds(age)}::float8 * interval '1 second'`

    /** Returns how many rows were removed. */
    const remove = (table: string, key: string, condition: Statement.Fragment, oldest: string) =>
      Effect.map(
        sql`
          DELETE FROM ${sql(table)} WHERE (${sql.literal(key)}) IN (
            SELECT ${sql.literal(key)} FROM ${sql(table)} WHERE ${condition}
            ORDER BY ${sql.literal(oldest)} LIMIT ${pruneBatch} FOR UPDATE SKIP LOCKED
          ) AND ${condition} RETURNING 1 AS one`,
        (rows) => ({ removed: rows.length, more: rows.length === pruneBatch })
      )

    // Events are numbered in order. The position is remembered, so that the history of unfinished jobs is not read each
    // time.
    const place = yield* Ref.make("0")
    const removeHistory = Effect.fnUntraced(function*(age: Duration.Duration) {
      const [row] = yield* sql<{ readonly removed: number; readonly next: string | null }>`
        WITH oldest AS (
          SELECT event_id, job_id, created_at FROM job_events WHERE event_id > ${yield* Ref.get(place)}::bigint
          ORDER BY event_id LIMIT ${pruneBatch}
        ), gone AS (
          DELETE FROM job_events WHERE event_id IN (
            SELECT event_id FROM oldest o WHERE created_at < ${ago(age)} AND NOT EXISTS (
              SELECT FROM upload_jobs j WHERE j.job_id = o.job_id
                AND (j.processing_completed_at IS NULL OR j.processing_completed_at >= ${ago(age)})
            )
          ) RETURNING 1 AS one
        )
        SELECT (SELECT count(*) FROM gone)::int AS removed,
          CASE WHEN count(*) = ${pruneBatch} AND max(created_at) < ${ago(age)} THEN max(event_id)::text END AS next
        FROM oldest`
      yield* Ref.set(place, row?.next ?? "0")
      return { removed: row?.removed ?? 0, more: row?.next != null }
    })

    const none = Effect.succeed({ removed: 0, more: false })
    const after = <A>(
      age: Duration.Duration | undefined,
      prune: (age: Duration.Duration) => Effect.Effect<A, SqlError>
    ) => age === undefined ? none : prune(age)

    return Retention.of({
      prune: Effect.fn("Retention.prune")(function*({ alerts, history, keys, spending }) {
        const rounds = yield* run(Effect.all([
          after(history, removeHistory),
          after(spending, (age) =>
            remove(
              "embedding_ledger",
              "call_id, state",
              sql`job_id IS NULL AND state <> 'announced' AND created_at < ${ago(age)}`,
              "created_at"
            )),
          after(spending, (age) =>
            remove(
              "budget_spend",
              "user_id, month",
              sql`month < date_trunc('month', (${ago(age)}) AT TIME ZONE 'UTC')::date`,
              "month"
            )),
          after(alerts, (age) => remove("alerts", "alert_id", sql`closed_at < ${ago(age)}`, "closed_at")),
          after(keys, (age) =>
            remove(
              "api_keys",
              "key_id",
              sql`least(revoked_at, expires_at) < ${ago(age)}`,
              "least(revoked_at, expires_at)"
            )),
          remove("webhook_receipts", "provider, event_id", sql`received_at < ${ago(receiptsKept)}`, "received_at"),
          remove("idempotency_keys", "user_id, idempotency_key", sql`expires_at < now()`, "expires_at"),
          remove(
            "claim_turns",
            "user_id",
            sql`due_at IS NULL AND coalesce(claimed_at, '-infinity') < ${ago(turnsKept)}`,
            "coalesce(claimed_at, '-infinity')"
          )
        ]))
        return {
          removed: rounds.reduce((sum, round) => sum + round.removed, 0),
          more: rounds.some((round) => round.more)
        }
      })
    })
  })
)
