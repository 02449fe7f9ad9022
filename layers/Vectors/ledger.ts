/** The ledger's rows before and beside the vectors: one for each call and job, with the budgets' counters. */
import type { SqlClient } from "effect/sql"
import type { Purchase } from "../../services/Vectors.ts"
import type { JobId, UserId } from "../../src/domain/Ids.ts"
import { countSpending, everybody, limitOf, monthOf } from "../Database/spending.ts"

interface Announced {
  readonly job_id: JobId
  /** The budget that this would overdraw, if there is one; what it has left does not count what is announced here. */
  readonly over: UserId | null
  readonly limit_usd: number | null
  readonly left_usd: number | null
  readonly cost_usd: number
}

/**
 * Written before the call: should its answer be lost with the worker, the money still shows. Answers the jobs whose claim
 * holds; nothing is announced for another. The cost is counted first and compared with the budgets after, under the counter's
 * lock: of workers that announce at the same time none can overdraw.
 */
export const announceCall = (
  sql: SqlClient.SqlClient,
  { callId, model, shares }: Purchase,
  defaultBudget: number | null
) =>
  sql<Announced>`
    WITH held AS (
      SELECT j.job_id, j.user_id, j.document_id, s.chunks, s.tokens, s.cost_usd, s.fence,
        ${sql.literal(monthOf("now()"))} AS month
      FROM jsonb_to_recordset(${
    JSON.stringify(shares.map(({ chunks, costUsd, job, tokens }) => ({
      job_id: job.job_id,
      chunks: chunks.length,
      tokens,
      cost_usd: costUsd,
      fence: job.fence.toString()
    })))
  }::jsonb) AS s(job_id uuid, chunks int, tokens bigint, cost_usd float8, fence bigint)
      JOIN upload_jobs j USING (job_id, fence)
      WHERE j.status = 'embedding_in_progress'
    ), announced AS (
      INSERT INTO embedding_ledger (call_id, job_id, user_id, document_id, embed_model, embed_version, state, chunks,
        tokens, cost_usd, fence)
      SELECT ${callId}, job_id, user_id, document_id, ${model.model}, ${model.version}, 'announced', chunks, tokens,
        cost_usd, fence
      FROM held
    ), spent AS (
      ${sql.literal(countSpending("SELECT user_id, month, cost_usd FROM held"))}
      RETURNING b.user_id, b.spent_usd
    ), overdrawn AS (
      SELECT user_id, limit_usd, limit_usd - spent_usd AS left_usd
      FROM (
        SELECT s.user_id, s.spent_usd, ${limitOf(sql, "s.user_id", defaultBudget)} AS limit_usd
        FROM spent s LEFT JOIN budgets b ON b.user_id = s.user_id
      ) counted
      WHERE spent_usd > limit_usd
    )
    SELECT DISTINCT ON (held.job_id) held.job_id, o.user_id AS over, o.limit_usd, held.cost_usd,
      o.left_usd + (SELECT sum(cost_usd) FROM held h WHERE o.user_id IN (h.user_id, ${everybody}::uuid)) AS left_usd
    FROM held LEFT JOIN overdrawn o ON o.user_id IN (held.user_id, ${everybody}::uuid)
    ORDER BY held.job_id, o.user_id DESC`

/** The provider refused, or was not asked: nothing was bought, for these jobs or for any of the call's. */
export const withdrawCall = (sql: SqlClient.SqlClient, callId: string, jobs?: ReadonlyArray<JobId>) =>
  sql`
    WITH announced AS (
      SELECT call_id, job_id, user_id, ${sql.literal(monthOf("created_at"))} AS month, -cost_usd AS cost_usd
      FROM embedding_ledger
      WHERE call_id = ${callId} AND state = 'announced' ${
    jobs === undefined ? sql`` : sql`AND ${sql.in("job_id", jobs)}`
  }
      FOR UPDATE
    ), given_back AS (${sql.literal(countSpending("SELECT * FROM announced"))})
    UPDATE embedding_ledger l SET state = 'withdrawn', tokens = 0, cost_usd = 0, settled_at = now()
    FROM announced a WHERE l.call_id = a.call_id AND l.job_id IS NOT DISTINCT FROM a.job_id`

/** What was announced is what it may have cost. */
export const loseCall = (sql: SqlClient.SqlClient, callId: string) =>
  sql`UPDATE embedding_ledger SET state = 'lost', settled_at = now() WHERE call_id = ${callId} AND state = 'announced'`
