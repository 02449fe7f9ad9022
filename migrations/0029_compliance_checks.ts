/** What the daily check of data and access found: one row a day. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE compliance_checks (
      day date PRIMARY KEY,
      checked_at timestamptz NOT NULL DEFAULT now(),
      findings jsonb NOT NULL
    )`
  yield* sql`ALTER TABLE compliance_checks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`
  yield* sql`CREATE POLICY service ON compliance_checks TO accessa_service USING (true) WITH CHECK (true)`
  yield* sql`GRANT SELECT, INSERT, UPDATE, DELETE ON compliance_checks TO accessa_service`
})
