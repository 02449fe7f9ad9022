/** Claims due jobs for a worker, taking turns between users. */
import type { SqlClient } from "effect/sql"
import { isMine, shareOf } from "./claimShare.ts"
import { firstDueOf, headsOf } from "./heads.ts"
import { claimColumns } from "./jobRow.ts"

/** How many extra jobs are considered, because other workers may be about to claim the first ones. */
const others = 64

interface Claim {
  readonly worker: string
  readonly limit: number
  readonly leaseMs: number
  readonly only: "newcomers" | undefined
}

/**
 * Round robin: in each round every user contributes one job, least recently served user first; a user's urgent jobs come
 * first, then the longest waiting. Users are visited in the order of their turns until enough have a due job. `SKIP LOCKED`
 * keeps workers from waiting for each other; the new fence invalidates all writes of the previous holder. The claim clears
 * an earlier hint, because its holder polls the provider anyway.
 */
export const claimJobs = (sql: SqlClient.SqlClient, { leaseMs, limit, only, worker }: Claim) =>
  sql`
    WITH RECURSIVE share AS MATERIALIZED (${shareOf(sql, worker, leaseMs)}), regulars AS MATERIALIZED (
      SELECT DISTINCT user_id FROM upload_jobs WHERE lease_until IS NOT NULL AND ${only === "newcomers"}
    ), turns AS MATERIALIZED (
      SELECT t.user_id, t.claimed_at, first.*
      FROM claim_turns t CROSS JOIN LATERAL (${sql.literal(firstDueOf("t.user_id", { where: isMine }))}) first
      WHERE t.due_at <= now() AND t.user_id NOT IN (SELECT user_id FROM regulars)
      ORDER BY t.claimed_at NULLS FIRST, t.due_at
      LIMIT ${limit + others}
    ), rounds AS (
      SELECT 1 AS round, turns.*, count(*) OVER () AS seen FROM turns
      UNION ALL
      SELECT r.round + 1, r.user_id, r.claimed_at, coalesce(same.priority, lower.priority),
        coalesce(same.run_at, lower.run_at), coalesce(same.job_id, lower.job_id), r.seen + count(*) OVER ()
      FROM rounds r LEFT JOIN LATERAL (
        SELECT priority, run_at, job_id FROM upload_jobs
        WHERE user_id = r.user_id AND priority = r.priority AND run_at <= now() AND (run_at, job_id) > (r.run_at, r.job_id)
          AND ${sql.literal(isMine)}
        ORDER BY run_at, job_id LIMIT 1
      ) same ON true LEFT JOIN LATERAL (
        SELECT * FROM (${
    sql.literal(firstDueOf("r.user_id", { below: "r.priority", where: isMine }))
  }) next WHERE same.job_id IS NULL
      ) lower ON true
      WHERE r.seen < ${limit + others}::int AND coalesce(same.job_id, lower.job_id) IS NOT NULL
    ), due AS (
      SELECT held.job_id, held.user_id
      FROM (SELECT job_id FROM rounds ORDER BY round, claimed_at NULLS FIRST, run_at) candidate
      CROSS JOIN LATERAL (
        SELECT job_id, user_id FROM upload_jobs j WHERE j.job_id = candidate.job_id AND j.run_at <= now()
        FOR UPDATE SKIP LOCKED
      ) held
      LIMIT ${limit}
    ), served AS (
      UPDATE claim_turns t SET claimed_at = now()
      FROM (
        SELECT user_id FROM claim_turns WHERE user_id IN (SELECT user_id FROM due) FOR NO KEY UPDATE SKIP LOCKED
      ) free WHERE t.user_id = free.user_id
    )
    UPDATE upload_jobs j SET
      fence = j.fence + 1,
      lease_owner = ${worker},
      lease_until = now() + ${leaseMs}::float8 * interval '1 millisecond',
      run_at = NULL,
      hinted_at = NULL,
      processing_started_at = coalesce(j.processing_started_at, now()),
      updated_at = now()
    FROM due, documents d
    WHERE j.job_id = due.job_id AND d.user_id = j.user_id AND d.document_id = j.document_id
    RETURNING ${sql.literal(claimColumns)}`

/**
 * Milliseconds until the next job for this worker is due, 0 if one is due; null if none is waiting. For users who may have due
 * jobs, the jobs themselves are read; the sweep keeps their number small.
 */
export const nextDue = (sql: SqlClient.SqlClient, worker: string, leaseMs: number) =>
  sql<{ readonly ms: number | null }>`
    WITH share AS MATERIALIZED (${shareOf(sql, worker, leaseMs)}), ready AS MATERIALIZED (
      SELECT first.run_at FROM claim_turns t
      CROSS JOIN LATERAL (${sql.literal(firstDueOf("t.user_id", { where: isMine }))}) first
      WHERE t.due_at <= now()
      ORDER BY t.claimed_at NULLS FIRST, t.due_at LIMIT 1
    )
    SELECT CASE WHEN EXISTS (SELECT FROM ready) THEN 0 ELSE (
      SELECT extract(epoch FROM least(
        (SELECT min(due_at) FROM claim_turns WHERE due_at > now()),
        (SELECT min(next.run_at) FROM claim_turns t
          CROSS JOIN LATERAL (${
    sql.literal(headsOf("t.user_id", { where: isMine }))
  } SELECT min(run_at) AS run_at FROM heads) next
          WHERE t.due_at <= now())
      ) - now()) * 1000
    ) END::float8 AS ms`
