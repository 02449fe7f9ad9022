/** The ledger's rows, one for each call and job, with the budgets' counters. */
import type { SqlClient } from "effect/sql"
import type { Purchase } from "../../../services/Vectors.ts"
import type { JobId, UserId } from "../../../src/domain/Ids.ts"
import { allUsers, countSpending, limitOf, monthOf } from "./spending.ts"

interface Announced {
  readonly job_id: JobId
  /** The budget that this job's part would exceed, if any, and what remains after the smaller parts. */
  readonly over: UserId | null
  readonly limit_usd: number | null
  readonly left_usd: number | null
  readonly cost_usd: number
}

/**
 * Written before the call, so that the cost is recorded even if the response is lost with the worker. Returns the jobs
 * whose claim is valid; nothing is announced for others. The cost is added first and compared with the budgets afterwards,
 * under the counter's lock, so concurrent workers cannot overspend. The smallest parts come first, so that those within the
 * budget are bought.
 */
export const announceCall = (
  sql: SqlClient.SqlClient,
  { callId, model, shares }: Purchase,
  defaultBudget: number | null
) =>
  sql<Announced>`
    WITH shares AS (
      SELECT * FROM jsonb_to_recordset(${
    JSON.stringify(shares.map(({ chunks, costUsd, job, tokens }) => ({
      job_id: job.jobId,
      chunks: chunks.length,
      tokens,
      cost_usd: costUsd,
      fence: job.fence.toString()
    })))
  }::jsonb) AS s(job_id uuid, chunks int, tokens bigint, cost_usd float8, fence bigint)
    ), held AS (
      SELECT j.job_id, j.user_id, j.document_id, s.chunks, s.tokens, s.cost_usd, s.fence,
        ${sql.literal(monthOf("now()"))} AS month
      FROM shares s JOIN upload_jobs j USING (job_id, fence)
      WHERE j.job_id = ANY(ARRAY(SELECT job_id FROM shares)) -- or a planner without statistics reads all jobs
        AND j.status = 'embedding_in_progress'
    ), announced AS (
      INSERT INTO embedding_ledger (call_id, job_id, user_id, document_id, embed_model, embed_version, state, chunks,
        tokens, cost_usd, fence)
      SELECT ${callId}, job_id, user_id, document_id, ${model.model}, ${model.version}, 'announced', chunks, tokens,
        cost_usd, fence
      FROM held
    ), spent AS (
      ${sql.literal(countSpending("SELECT user_id, month, cost_usd FROM held"))}
      RETURNING b.user_id, b.spent_usd
    ), counted AS (
      SELECT s.user_id, s.spent_usd, ${limitOf(sql, "s.user_id", defaultBudget)} AS limit_usd
      FROM spent s LEFT JOIN budgets b ON b.user_id = s.user_id
    ), placed AS (
      SELECT h.job_id, h.cost_usd, c.user_id, c.limit_usd,
        c.limit_usd - c.spent_usd + sum(h.cost_usd) OVER here - sum(h.cost_usd) OVER (here ORDER BY h.cost_usd, h.job_id)
          + h.cost_usd AS left_usd
      FROM held h JOIN counted c ON c.user_id IN (h.user_id, ${allUsers}::uuid)
      WHERE c.limit_usd IS NOT NULL
      WINDOW here AS (PARTITION BY c.user_id)
    )
    SELECT DISTINCT ON (held.job_id) held.job_id, p.user_id AS over, p.limit_usd, held.cost_usd, p.left_usd
    FROM held LEFT JOIN placed p ON p.job_id = held.job_id AND p.left_usd < p.cost_usd - 1e-12
    ORDER BY held.job_id, p.user_id DESC`

/** The provider refused: nothing was bought, for any of the call's jobs. */
export const withdrawCall = (sql: SqlClient.SqlClient, callId: string) =>
  sql`
    WITH announced AS (
      SELECT call_id, job_id, user_id, ${sql.literal(monthOf("created_at"))} AS month, -cost_usd AS cost_usd
      FROM embedding_ledger
      WHERE call_id = ${callId} AND state = 'announced'
      FOR UPDATE
    ), given_back AS (${sql.literal(countSpending("SELECT * FROM announced"))})
    UPDATE embedding_ledger l SET state = 'withdrawn', tokens = 0, cost_usd = 0, settled_at = now()
    FROM announced a WHERE l.call_id = a.call_id AND l.job_id IS NOT DISTINCT FROM a.job_id`

/** Removes announcements whose call was never made. */
export const forgetAnnounced = (sql: SqlClient.SqlClient, callId: string, jobs: ReadonlyArray<JobId>) =>
  sql`
    WITH forgotten AS (
      DELETE FROM embedding_ledger WHERE call_id = ${callId} AND state = 'announced' AND ${sql.in("job_id", jobs)}
      RETURNING user_id, ${sql.literal(monthOf("created_at"))} AS month, -cost_usd AS cost_usd
    ) ${sql.literal(countSpending("SELECT * FROM forgotten"))}`

/** At the announced amount: what the provider bills is not known. */
export const loseCall = (sql: SqlClient.SqlClient, callId: string) =>
  sql`UPDATE embedding_ledger SET state = 'lost', settled_at = now() WHERE call_id = ${callId} AND state = 'announced'`
