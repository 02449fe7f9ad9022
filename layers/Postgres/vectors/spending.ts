/** Spending counters, updated in the same statement as the ledger, so that the history never has to be summed. */
import { Context } from "effect"
import type { SqlClient } from "effect/sql"

/** The overall budget in `budgets` and `budget_spend`. */
export const allUsers = "00000000-0000-0000-0000-000000000000"

/**
 * The monthly limit of a user without an explicit budget, in US dollars; null: no limit. Set by `DEFAULT_USER_BUDGET_USD`,
 * to the same value for the API and the workers.
 */
export class DefaultBudget extends Context.Reference<number | null>("accessa/layers/Database/DefaultBudget", {
  defaultValue: () => null
}) {}

/** The limit of a counter, null if it has none; requires a left join of `budgets b`. */
export const limitOf = (sql: SqlClient.SqlClient, user: string, byDefault: number | null) =>
  sql`coalesce(b.limit_usd, CASE WHEN ${sql.literal(user)} <> ${allUsers}::uuid THEN ${byDefault}::float8 END)`

/** The month of a timestamp. */
export const monthOf = (moment: string): string => `date_trunc('month', ${moment} AT TIME ZONE 'UTC')::date`

/**
 * Adds to the users' and the overall counters, from a query of `user_id`, `month` and `cost_usd`. Always in the same order
 * to avoid deadlocks, and the overall counter last, because all transactions wait for it.
 */
export const countSpending = (query: string): string => `
  INSERT INTO budget_spend AS b (user_id, month, spent_usd)
  SELECT coalesce(user_id, '${allUsers}'), month, sum(cost_usd) FROM (${query}) AS spending
  GROUP BY GROUPING SETS ((user_id, month), (month))
  ORDER BY 1 DESC
  ON CONFLICT (user_id, month) DO UPDATE SET spent_usd = greatest(0, b.spent_usd + excluded.spent_usd)`
