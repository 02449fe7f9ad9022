/** The budgets on Postgres. */
import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import type { SqlError } from "effect/sql/SqlError"
import { type Budget, Budgets } from "../../../services/Budgets.ts"
import { UserId } from "../../../src/domain/Ids.ts"
import type { By } from "../../../src/domain/Principal.ts"
import { jobsPayload, workChannel } from "../connection/channels.ts"
import { rowsOf, run } from "../connection/rows.ts"
import { allUsers, DefaultBudget, limitOf, monthOf } from "./spending.ts"

export const BudgetsSql = Layer.effect(
  Budgets,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const month = sql.literal(monthOf("now()"))
    const defaultBudget = yield* DefaultBudget
    const renewal = sql`((${month} + interval '1 month') AT TIME ZONE 'UTC') AS renews_at`

    const find = Effect.fn("Budgets.find")(function*(user: UserId | null) {
      const id = user ?? allUsers
      const [budget] = yield* read(sql`
        SELECT w.user_id, ${
        limitOf(sql, "w.user_id", defaultBudget)
      } AS limit_usd, coalesce(s.spent_usd, 0)::float8 AS spent_usd, ${renewal}
        FROM (SELECT ${id}::uuid AS user_id) w
        LEFT JOIN budgets b ON b.user_id = w.user_id
        LEFT JOIN budget_spend s ON s.user_id = w.user_id AND s.month = ${month}`)
      return budget ?? (yield* Effect.die(new Error("a query of one row gave none")))
    })

    return Budgets.of({
      find,
      list: Effect.gen(function*() {
        const first = yield* find(null)
        const others = yield* read(sql`
          SELECT user_id, ${
          limitOf(sql, "user_id", defaultBudget)
        } AS limit_usd, coalesce(s.spent_usd, 0)::float8 AS spent_usd, ${renewal}
          FROM budgets b
          FULL JOIN (SELECT user_id, spent_usd FROM budget_spend WHERE month = ${month}) s USING (user_id)
          WHERE user_id <> ${allUsers}
          ORDER BY spent_usd DESC, user_id LIMIT 1000`)
        return [first, ...others]
      }).pipe(Effect.withSpan("Budgets.list")),
      set: Effect.fn("Budgets.set")(function*(user, limitUsd, by) {
        const id = user ?? allUsers
        yield* run(limitUsd === null ? removeLimit(sql, id, by) : setLimit(sql, id, limitUsd, by))
        return yield* find(user)
      })
    })
  })
)

const setLimit = (sql: SqlClient.SqlClient, id: string, limitUsd: number, by: By) =>
  sql`
    WITH before AS (
      SELECT * FROM budgets WHERE user_id = ${id}
    ), after AS (
      INSERT INTO budgets (user_id, limit_usd, updated_by) VALUES (${id}, ${limitUsd}, ${by.actor})
      ON CONFLICT (user_id) DO UPDATE SET limit_usd = excluded.limit_usd, updated_by = excluded.updated_by,
        updated_at = now()
      RETURNING *
    ), ${wake(sql, id)}, ${audit(sql, id, by, "after LEFT JOIN before ON true")}
    SELECT pg_notify(${workChannel}, ${jobsPayload}) FROM audited`

const removeLimit = (sql: SqlClient.SqlClient, id: string, by: By) =>
  sql`
    WITH before AS (
      DELETE FROM budgets WHERE user_id = ${id} RETURNING *
    ), after AS (
      SELECT * FROM budgets WHERE false
    ), ${wake(sql, id)}, ${audit(sql, id, by, "before LEFT JOIN after ON true")}
    SELECT pg_notify(${workChannel}, ${jobsPayload}) FROM audited`

/** The jobs that this budget may have parked. */
const wake = (sql: SqlClient.SqlClient, id: string) =>
  sql`woken AS (
      UPDATE upload_jobs SET run_at = now()
      WHERE run_at > now() AND last_error->>'code' = 'BUDGET_EXCEEDED' AND ${id}::uuid IN (user_id, ${allUsers}::uuid)
    )`

const audit = (sql: SqlClient.SqlClient, id: string, by: By, rows: string) =>
  sql`audited AS (
      SELECT accessa_audit(${by.actor}, ${by.role}, nullif(${id}::uuid, ${allUsers}::uuid), 'budget.set', 'budget',
        ${id}::text, ${by.reason}, to_jsonb(before), to_jsonb(after), ${by.correlationId})
      FROM ${sql.literal(rows)}
    )`

const readRows = rowsOf(Schema.Struct({
  user_id: UserId,
  limit_usd: Schema.OptionFromNullOr(Schema.Finite),
  spent_usd: Schema.Finite,
  renews_at: Schema.DateTimeUtcFromDate
}))

const read = (statement: Effect.Effect<ReadonlyArray<unknown>, SqlError>) =>
  Effect.map(readRows(statement), (rows) =>
    rows.map(({ limit_usd, renews_at, spent_usd, user_id }): Budget => ({
      userId: user_id === allUsers ? null : user_id,
      limitUsd: limit_usd,
      spentUsd: spent_usd,
      renewsAt: renews_at
    })))
