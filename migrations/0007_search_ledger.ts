/** The ledger also records calls without a job: a search query is bought like a chunk's text. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient

  yield* sql`ALTER TABLE embedding_ledger DROP CONSTRAINT embedding_ledger_pkey`
  yield* sql`
    ALTER TABLE embedding_ledger
      ALTER COLUMN job_id DROP NOT NULL,
      ALTER COLUMN document_id DROP NOT NULL,
      ALTER COLUMN fence DROP NOT NULL,
      ADD CONSTRAINT embedding_ledger_call UNIQUE NULLS NOT DISTINCT (call_id, job_id),
      ADD CONSTRAINT job_or_search CHECK (num_nulls(job_id, document_id, fence) IN (0, 3))`

  // The sweep looks for calls of dead workers: its cost must not grow with the history.
  yield* sql`
    CREATE INDEX embedding_ledger_announced ON embedding_ledger (created_at) WHERE state = 'announced'`
})
