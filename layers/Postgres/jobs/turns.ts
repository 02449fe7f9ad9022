/** Maintains the table of waiting users: `claim_turns.due_at` may temporarily be too early, but never too late. */
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { jobsPayload, workChannel } from "../connection/channels.ts"
import { inTransaction } from "../connection/inTransaction.ts"
import { firstDueOf, headsOf } from "./heads.ts"

/** Users checked per sweep, of either kind: about 20 ms. */
const most = 1000

export const beginning = "00000000-0000-0000-0000-000000000000"

/**
 * Adds missing turns of waiting users, `most` users at a time: the trigger of migration 0013 leaves none, but manual edits
 * or a restored dump may. Returns how many it found, and where the next sweep continues.
 */
export const findForgotten = (sql: SqlClient.SqlClient, after: string) =>
  sql<{ readonly found: number; readonly next: string }>`
    WITH RECURSIVE waiting AS (
      (SELECT user_id, 1 AS n FROM upload_jobs WHERE run_at IS NOT NULL AND user_id > ${after}::uuid
        ORDER BY user_id, priority, run_at, job_id LIMIT 1)
      UNION ALL
      SELECT next.user_id, w.n + 1 FROM waiting w CROSS JOIN LATERAL (
        SELECT user_id FROM upload_jobs WHERE run_at IS NOT NULL AND user_id > w.user_id
        ORDER BY user_id, priority, run_at, job_id LIMIT 1
      ) next WHERE w.n < ${most}
    ), forgotten AS (
      INSERT INTO claim_turns AS t (user_id, due_at)
      SELECT w.user_id, next.run_at FROM waiting w
      CROSS JOIN LATERAL (${sql.literal(headsOf("w.user_id"))} SELECT min(run_at) AS run_at FROM heads) next
      WHERE next.run_at IS NOT NULL
        AND NOT EXISTS (SELECT FROM claim_turns t WHERE t.user_id = w.user_id AND t.due_at <= greatest(next.run_at, now()))
      ORDER BY w.user_id
      ON CONFLICT (user_id) DO UPDATE SET due_at = least(t.due_at, excluded.due_at)
      RETURNING user_id
    ), told AS (
      SELECT pg_notify(${workChannel}, ${jobsPayload}) FROM forgotten LIMIT 1
    )
    SELECT (SELECT count(*) FROM forgotten)::int AS found,
      CASE WHEN count(*) < ${most} THEN ${beginning} ELSE max(user_id::text) END AS next, (SELECT count(*) FROM told)
    FROM waiting`

/**
 * Users at the front who have no due job get the due time of their next job, or none; claims skip them until then. Two
 * statements: the second reads what was committed before the first took its lock, and statements that make a job due
 * meanwhile wait for it.
 */
const postponeSome = Effect.fnUntraced(function*(sql: SqlClient.SqlClient) {
  const vain = sql`
    SELECT user_id FROM (
      SELECT user_id FROM claim_turns WHERE due_at <= now() ORDER BY claimed_at NULLS FIRST, due_at LIMIT ${most}
    ) t WHERE NOT EXISTS (${sql.literal(firstDueOf("t.user_id"))})`
  if ((yield* sql`SELECT FROM (${vain}) v LIMIT 1`).length === 0) return 0
  return yield* inTransaction(sql)(Effect.gen(function*() {
    const rows = yield* sql<{ readonly user_id: string }>`
      SELECT user_id FROM claim_turns WHERE user_id IN (${vain}) FOR UPDATE SKIP LOCKED`
    const users = rows.map(({ user_id }) => user_id)
    yield* sql`
      UPDATE claim_turns t SET due_at = (${sql.literal(headsOf("t.user_id"))} SELECT min(run_at) FROM heads)
      WHERE user_id = ANY(${users}::uuid[])`
    return users.length
  }))
})

/** Repeated while most of the checked users had nothing due. */
export const postponeTurns = (sql: SqlClient.SqlClient) =>
  Effect.repeat(postponeSome(sql), { until: (postponed) => postponed < most / 2, times: 20 })
