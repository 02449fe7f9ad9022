/** The counters of what was spent, kept with the ledger's writes in one statement: nothing ever adds up the history. */
import { Context } from "effect"
import type { SqlClient } from "effect/sql"

/** Stands for everybody together in `budgets` and `budget_spend`. */
export const everybody = "00000000-0000-0000-0000-000000000000"

/**
 * What a user may spend who has no budget of their own, in US dollars a month; null: no limit. `DEFAULT_USER_BUDGET_USD` says
 * it, the same for the API and the workers.
 */
export class DefaultBudget extends Context.Reference<number | null>("accessa/layers/Database/DefaultBudget", {
  defaultValue: () => null
}) {}

/** The limit of a counter, null if it has none, where `budgets b` is joined from the left. */
export const limitOf = (sql: SqlClient.SqlClient, user: string, byDefault: number | null) =>
  sql`coalesce(b.limit_usd, CASE WHEN ${sql.literal(user)} <> ${everybody}::uuid THEN ${byDefault}::float8 END)`

/** The month that a moment belongs to. */
export const monthOf = (moment: string): string => `date_trunc('month', ${moment} AT TIME ZONE 'UTC')::date`

/**
 * Adds to the users' and to everybody's counters, from a query of `user_id`, `month` and `cost_usd`. Always in the same order,
 * so that two never wait for each other, and everybody's last, as all wait for it.
 */
export const countSpending = (query: string): string => `
  INSERT INTO budget_spend AS b (user_id, month, spent_usd)
  SELECT coalesce(user_id, '${everybody}'), month, sum(cost_usd) FROM (${query}) AS spending
  GROUP BY GROUPING SETS ((user_id, month), (month))
  ORDER BY 1 DESC
  ON CONFLICT (user_id, month) DO UPDATE SET spent_usd = greatest(0, b.spent_usd + excluded.spent_usd)`
