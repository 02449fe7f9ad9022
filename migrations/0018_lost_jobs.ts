/**
 * Jobs that have not ended, but can neither be claimed nor are held: there should be none, and the monitor looks for them. The index
 * has no column that a move changes, or every move would have to write to every index.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE INDEX upload_jobs_lost ON upload_jobs (created_at)
    WHERE run_at IS NULL AND lease_until IS NULL AND processing_completed_at IS NULL`
})
