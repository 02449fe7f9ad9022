/**
 * What is usual: how long documents took, by the hour; the last heartbeats of a worker, and what providers leave it of their rate
 * limits. Sizes are sampled in one table from here on: the previous release's monitor still writes `size_samples`, which a later
 * migration drops.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE status_hours (
      hour timestamptz NOT NULL,
      -- How long jobs stayed in it; of \`complete\`, how long they took from the upload on.
      status text NOT NULL,
      jobs bigint NOT NULL,
      p50_ms float8 NOT NULL,
      p95_ms float8 NOT NULL,
      PRIMARY KEY (hour, status)
    )`
  yield* sql`ALTER TABLE status_hours ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`
  yield* sql`CREATE POLICY service ON status_hours TO accessa_service USING (true) WITH CHECK (true)`
  yield* sql`GRANT SELECT, INSERT, UPDATE, DELETE ON status_hours TO accessa_service`
  yield* sql`INSERT INTO upkeep (kind) VALUES ('status_hours')`
  yield* sql`
    ALTER TABLE workers
      ADD COLUMN beats timestamptz[] NOT NULL DEFAULT '{}',
      ADD COLUMN rate_limits jsonb NOT NULL DEFAULT '[]'`
  // The history of the other table, where this one has none yet.
  yield* sql`
    INSERT INTO capacity_samples (at, subject, rows, bytes)
    SELECT DISTINCT ON (date_trunc('hour', at)) at, 'database', 0, database_bytes FROM size_samples s
    WHERE at < coalesce((SELECT min(at) FROM capacity_samples), 'infinity')
    ORDER BY date_trunc('hour', at), at`
})
