/** Takes due jobs for a worker, from the users in turn. */
import type { SqlClient } from "effect/sql"
import { claimColumns } from "../Database/jobRow.ts"

/** How many more than asked for are looked at, as others may be about to take the first of them. */
const others = 64

/**
 * Each user's queues, one a priority, with their first job: found by a jump each, however long they are.
 */
const heads = `
  heads AS (
    (SELECT user_id, priority, run_at, job_id FROM upload_jobs WHERE run_at IS NOT NULL
      ORDER BY user_id, priority, run_at, job_id LIMIT 1)
    UNION ALL
    SELECT next.* FROM heads h CROSS JOIN LATERAL (
      SELECT user_id, priority, run_at, job_id FROM upload_jobs
      WHERE run_at IS NOT NULL AND (user_id, priority) > (h.user_id, h.priority)
      ORDER BY user_id, priority, run_at, job_id LIMIT 1
    ) next
  )`

interface Claim {
  readonly worker: string
  readonly limit: number
  readonly leaseMs: number
  readonly only: "newcomers" | undefined
}

/**
 * Round by round each user gives one job, whoever was served longest ago first; a user's own jobs come urgent first, then the
 * longest waiting. `SKIP LOCKED` keeps two workers from waiting for each other; the new fence makes every write of the holder
 * before void. A hint that came earlier is used up by this claim: whoever holds the job asks the provider anyway.
 */
export const claimJobs = (sql: SqlClient.SqlClient, { leaseMs, limit, only, worker }: Claim) =>
  sql`
    WITH RECURSIVE ${sql.literal(heads)}, regulars AS MATERIALIZED (
      SELECT DISTINCT user_id FROM upload_jobs WHERE lease_until IS NOT NULL AND ${only === "newcomers"}
    ), rounds AS (
      SELECT 1 AS round, first.*, t.claimed_at, count(*) OVER () AS seen
      FROM (
        SELECT DISTINCT ON (user_id) * FROM heads
        WHERE run_at <= now() AND user_id NOT IN (SELECT user_id FROM regulars)
        ORDER BY user_id, priority DESC
      ) first LEFT JOIN claim_turns t USING (user_id)
      UNION ALL
      SELECT r.round + 1, next.*, r.claimed_at, r.seen + count(*) OVER ()
      FROM rounds r CROSS JOIN LATERAL (
        SELECT * FROM (
          (SELECT user_id, priority, run_at, job_id FROM upload_jobs
            WHERE user_id = r.user_id AND priority = r.priority AND run_at <= now()
              AND (run_at, job_id) > (r.run_at, r.job_id)
            ORDER BY run_at, job_id LIMIT 1)
          UNION ALL
          (SELECT user_id, priority, run_at, job_id FROM heads h
            WHERE h.user_id = r.user_id AND h.priority < r.priority AND h.run_at <= now()
            ORDER BY h.priority DESC LIMIT 1)
        ) either ORDER BY priority DESC LIMIT 1
      ) next
      WHERE r.seen < ${limit + others}::int
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
        SELECT user_id FROM claim_turns WHERE user_id IN (SELECT user_id FROM due) FOR UPDATE SKIP LOCKED
      ) free WHERE t.user_id = free.user_id
    ), first_served AS (
      INSERT INTO claim_turns (user_id, claimed_at)
      SELECT DISTINCT due.user_id, now() FROM due
      WHERE NOT EXISTS (SELECT FROM claim_turns t WHERE t.user_id = due.user_id)
      ORDER BY due.user_id
      ON CONFLICT DO NOTHING
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

/** Milliseconds until the next job is due, negative if one is; null if none waits. */
export const nextDue = (sql: SqlClient.SqlClient) =>
  sql<{ readonly ms: number | null }>`
    WITH RECURSIVE ${sql.literal(heads)}
    SELECT (extract(epoch FROM min(run_at) - now()) * 1000)::float8 AS ms FROM heads`
