/** The worker that sweeps for all: its heartbeats extend `until`, and another worker takes its place once that has passed. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE sweeper (
      single boolean PRIMARY KEY DEFAULT true CHECK (single),
      worker_id uuid,
      until timestamptz NOT NULL DEFAULT now()
    ) WITH (fillfactor = 50)`
  yield* sql`ALTER TABLE sweeper ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`
  yield* sql`CREATE POLICY service ON sweeper TO accessa_service USING (true) WITH CHECK (true)`
  yield* sql`GRANT SELECT, INSERT, UPDATE, DELETE ON sweeper TO accessa_service`
  yield* sql`INSERT INTO sweeper DEFAULT VALUES`
})
