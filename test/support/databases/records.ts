/** A job's past in the tables: its steps, and what was bought for it. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** The history as `from → to` or `retried at status`, oldest first. */
export const historyOf = Effect.fnUntraced(function*(jobId: string) {
  const sql = yield* SqlClient.SqlClient
  const events = yield* sql<{ readonly from_status: string | null; readonly to_status: string; readonly type: string }>`
    SELECT from_status, to_status, type FROM job_events WHERE job_id = ${jobId} ORDER BY event_id`
  return events.map(({ from_status, to_status, type }) =>
    from_status === to_status ? `${type} at ${to_status}` : `${from_status ?? "nothing"} → ${to_status}`
  )
})

/** A job's calls in the ledger by state, with their chunks and tokens. */
export const ledgerOf = Effect.fnUntraced(function*(jobId: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<
    { readonly state: string; readonly calls: number; readonly chunks: number; readonly tokens: number }
  >`
    SELECT state, count(*)::int AS calls, sum(chunks)::int AS chunks, sum(tokens)::int AS tokens FROM embedding_ledger
    WHERE job_id = ${jobId} GROUP BY state`
  const none = { calls: 0, chunks: 0, tokens: 0 }
  const callsThatAre = (state: string) => rows.find((row) => row.state === state) ?? none
  return {
    paid: callsThatAre("paid"),
    lost: callsThatAre("lost"),
    announced: callsThatAre("announced"),
    withdrawn: callsThatAre("withdrawn"),
    reused: callsThatAre("reused")
  }
})
