/** A job's calls of the embedding provider and its accepted callbacks. */
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import type { JobId } from "../../../src/domain/Ids.ts"
import { JobCall, JobCallback } from "../../../src/domain/JobCall.ts"
import { rowsOf } from "../connection/rows.ts"

/** The newest of each. */
const most = 500

export const jobCalls = Effect.fnUntraced(function*(sql: SqlClient.SqlClient, job: JobId) {
  const calls = yield* readCalls(sql`
    SELECT created_at AS at, settled_at, embed_model AS model, state, chunks, tokens::float8 AS tokens, cost_usd, request_id
    FROM embedding_ledger WHERE job_id = ${job} ORDER BY created_at DESC LIMIT ${most}`)
  const callbacks = yield* readCallbacks(sql`
    SELECT received_at, event_type AS event FROM webhook_receipts WHERE job_id = ${job}
    ORDER BY received_at DESC LIMIT ${most}`)
  return { calls: calls.toReversed(), callbacks: callbacks.toReversed() }
})

const readCalls = rowsOf(JobCall)
const readCallbacks = rowsOf(JobCallback)
