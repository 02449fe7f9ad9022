/** Costs from a day of the ledger, most of it summed up by the hour, and the months of the budgets: neither grows with history. */
import type { SqlClient } from "effect/sql"
import { spendingSince } from "../upkeep/HourlyFigures.ts"
import { allUsers, monthOf } from "../vectors/spending.ts"

export const costs = (sql: SqlClient.SqlClient, defaultLimitUsd: number | null) =>
  sql<{ readonly found: unknown }>`
    WITH day AS MATERIALIZED (
      ${spendingSince(sql, "date_trunc('hour', now(), 'UTC') - interval '23 hours'")}
    ), month AS (
      SELECT ${sql.literal(monthOf("now()"))} AS month
    )
    SELECT json_build_object(
      'at', now(),
      'hours', (SELECT json_agg(json_build_object('at', h,
          'paid_usd', coalesce((SELECT sum(usd) FROM day WHERE hour = h AND state = 'paid'), 0),
          'lost_usd', coalesce((SELECT sum(usd) FROM day WHERE hour = h AND state = 'lost'), 0),
          'tokens', coalesce((SELECT sum(tokens) FROM day WHERE hour = h AND state = 'paid'), 0),
          'reused', coalesce((SELECT sum(chunks) FROM day WHERE hour = h AND state = 'reused'), 0)) ORDER BY h)
        FROM generate_series(date_trunc('hour', now(), 'UTC') - interval '23 hours', date_trunc('hour', now(), 'UTC'), interval '1 hour') AS h),
      'models', (SELECT coalesce(json_agg(m ORDER BY m.paid_usd DESC), '[]') FROM (
        SELECT embed_model AS model, CASE WHEN document THEN 'documents' ELSE 'searches' END AS purpose, sum(calls) AS calls,
          sum(chunks) AS vectors, sum(tokens) AS tokens, sum(usd) AS paid_usd
        FROM day WHERE state = 'paid' GROUP BY 1, 2) m),
      'months', (SELECT coalesce(json_agg(json_build_object('month', s.month, 'spent_usd', s.spent_usd) ORDER BY s.month), '[]')
        FROM budget_spend s, month m WHERE s.user_id = ${allUsers}::uuid AND s.month > m.month - interval '12 months'),
      'users', (SELECT coalesce(json_agg(u ORDER BY u.spent_usd DESC), '[]') FROM (
        SELECT s.user_id, s.spent_usd, coalesce(b.limit_usd, ${defaultLimitUsd}::float8) AS limit_usd
        FROM month m JOIN budget_spend s USING (month) LEFT JOIN budgets b USING (user_id)
        WHERE s.user_id <> ${allUsers}::uuid ORDER BY s.spent_usd DESC LIMIT 20) u)
    ) AS found`
