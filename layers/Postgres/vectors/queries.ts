/** Search queries in the ledger: calls without a job, counted by the budgets like all others. */
import type { SqlClient } from "effect/sql"
import type { QueryCall } from "../../../services/Vectors.ts"
import type { UserId } from "../../../src/domain/Ids.ts"
import { allUsers, countSpending, limitOf, monthOf } from "./spending.ts"

interface Refused {
  /** Null: a counter with a limit does not exist yet and cannot be locked; `beginMonth` creates it. */
  readonly over: UserId | null
  readonly limit_usd: number
  readonly left_usd: number
}

/**
 * Returns the budget that this would exceed, and then announces nothing. Counters with a limit are locked before they are
 * compared, always in the same order, so concurrent searches cannot overspend.
 */
export const announceQuery = (
  sql: SqlClient.SqlClient,
  { callId, costUsd, model, tokens, user }: QueryCall,
  defaultBudget: number | null
) =>
  sql<Refused>`
    WITH wanted AS (
      SELECT ${user}::uuid AS user_id, ${costUsd}::float8 AS cost_usd, ${sql.literal(monthOf("now()"))} AS month
    ), limits AS (
      SELECT u.user_id, w.month, w.cost_usd, ${limitOf(sql, "u.user_id", defaultBudget)} AS limit_usd
      FROM wanted w, LATERAL (VALUES (w.user_id), (${allUsers}::uuid)) AS u(user_id)
      LEFT JOIN budgets b ON b.user_id = u.user_id
    ), spending AS (
      SELECT s.user_id, s.spent_usd
      FROM limits l JOIN budget_spend s ON s.user_id = l.user_id AND s.month = l.month
      WHERE l.limit_usd IS NOT NULL
      ORDER BY s.user_id DESC
      FOR UPDATE OF s
    ), overdrawn AS (
      SELECT CASE WHEN s.user_id IS NOT NULL OR l.cost_usd > l.limit_usd THEN l.user_id END AS over, l.limit_usd,
        l.limit_usd - coalesce(s.spent_usd, 0) AS left_usd
      FROM limits l LEFT JOIN spending s ON s.user_id = l.user_id
      WHERE l.limit_usd IS NOT NULL AND (s.user_id IS NULL OR s.spent_usd + l.cost_usd > l.limit_usd)
    ), announced AS (
      INSERT INTO embedding_ledger (call_id, user_id, embed_model, embed_version, state, chunks, tokens, cost_usd)
      SELECT ${callId}, user_id, ${model.model}, ${model.version}, 'announced', 0, ${tokens}, cost_usd
      FROM wanted WHERE NOT EXISTS (SELECT FROM overdrawn)
      RETURNING user_id
    ), spent AS (
      ${
    sql.literal(countSpending("SELECT w.user_id, w.month, w.cost_usd FROM wanted w JOIN announced USING (user_id)"))
  }
    )
    SELECT over, limit_usd, left_usd FROM overdrawn ORDER BY over DESC NULLS LAST LIMIT 1`

/** Creates the month's counters of a user and overall, if nothing has been spent yet. */
export const beginMonth = (sql: SqlClient.SqlClient, user: UserId) =>
  sql`
    INSERT INTO budget_spend (user_id, month, spent_usd)
    SELECT user_id, ${sql.literal(monthOf("now()"))}, 0 FROM (VALUES (${user}::uuid), (${allUsers}::uuid)) u(user_id)
    ORDER BY user_id DESC
    ON CONFLICT (user_id, month) DO NOTHING`

/** A probe belongs to no user: it is in the ledger and in the overall counter. */
export const payProbe = (sql: SqlClient.SqlClient, call: Omit<QueryCall, "user">, requestId: string) =>
  sql`
    WITH paid AS (
      INSERT INTO embedding_ledger (call_id, user_id, embed_model, embed_version, state, chunks, tokens, cost_usd, request_id,
        settled_at)
      VALUES (${call.callId}, ${allUsers}, ${call.model.model}, ${call.model.version}, 'paid', 0, ${call.tokens},
        ${call.costUsd}, ${requestId}, now())
    )
    INSERT INTO budget_spend AS b (user_id, month, spent_usd)
    VALUES (${allUsers}, ${sql.literal(monthOf("now()"))}, ${call.costUsd})
    ON CONFLICT (user_id, month) DO UPDATE SET spent_usd = b.spent_usd + excluded.spent_usd`

/** The provider's count, also for a call that has been written off meanwhile. */
export const payQuery = (
  sql: SqlClient.SqlClient,
  { callId, costUsd, tokens }: QueryCall,
  requestId: string
) =>
  sql`
    WITH open_calls AS (
      SELECT call_id, user_id, ${sql.literal(monthOf("created_at"))} AS month,
        ${costUsd}::float8 - cost_usd AS cost_usd
      FROM embedding_ledger
      WHERE call_id = ${callId} AND (state = 'announced' OR (state = 'lost' AND request_id IS NULL))
      FOR UPDATE
    ), spent AS (${sql.literal(countSpending("SELECT user_id, month, cost_usd FROM open_calls"))})
    UPDATE embedding_ledger l SET state = 'paid', tokens = ${tokens}, cost_usd = ${costUsd}, request_id = ${requestId},
      settled_at = now()
    FROM open_calls u WHERE l.call_id = u.call_id`
