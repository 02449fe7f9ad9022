/** Inspections that an admin asked the workers for: each is made by one worker, where that worker stands. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE inspections (
      inspection_id uuid PRIMARY KEY,
      requested_at timestamptz NOT NULL DEFAULT now(),
      requested_by text NOT NULL,
      -- NULL: no worker has taken it.
      taken_by uuid,
      -- What the worker saw; hosts and shapes, never a secret.
      report jsonb
    )`
  yield* sql`CREATE INDEX inspections_by_time ON inspections (requested_at)`
  yield* sql`ALTER TABLE inspections ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`
  yield* sql`CREATE POLICY service ON inspections TO accessa_service USING (true) WITH CHECK (true)`
  yield* sql`GRANT SELECT, INSERT, UPDATE, DELETE ON inspections TO accessa_service`
})
