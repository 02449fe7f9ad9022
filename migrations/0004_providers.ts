/**
 * External services as all workers see them, alerts about them, and spending limits. Operators read and change these only
 * through the API; users see none of these rows except their own spending.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const serviceTables = ["providers", "alerts", "parse_cancellations", "budgets", "budget_spend"]

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient

  // `open`: too many consecutive failures. `halted`: it refuses us. Both admit one call from time to time, the probe.
  yield* sql`
    CREATE TABLE providers (
      dependency text PRIMARY KEY,
      state text NOT NULL DEFAULT 'closed' CHECK (state IN ('closed', 'open', 'half_open', 'halted')),
      code text,
      message text,
      failures int NOT NULL DEFAULT 0,
      opened_at timestamptz,
      probe_at timestamptz,
      since timestamptz NOT NULL DEFAULT now(),
      updated_by text NOT NULL DEFAULT 'migration',
      reason text,
      CONSTRAINT shut_until_a_probe CHECK ((state = 'closed') = (probe_at IS NULL))
    )`
  yield* sql`INSERT INTO providers (dependency) VALUES ('parser'), ('embedder'), ('storage'), ('database')`

  yield* sql`
    CREATE TABLE alerts (
      alert_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      key text NOT NULL,
      code text NOT NULL,
      message text NOT NULL,
      count int NOT NULL DEFAULT 1,
      opened_at timestamptz NOT NULL DEFAULT now(),
      seen_at timestamptz NOT NULL DEFAULT now(),
      closed_at timestamptz
    )`
  yield* sql`CREATE UNIQUE INDEX alerts_open ON alerts (key) WHERE closed_at IS NULL`

  // The zero UUID is the overall budget. Spending includes announced calls until their cost is known, so that workers
  // cannot overspend.
  yield* sql`
    CREATE TABLE budgets (
      user_id uuid PRIMARY KEY,
      limit_usd double precision NOT NULL CHECK (limit_usd >= 0),
      updated_at timestamptz NOT NULL DEFAULT now(),
      updated_by text NOT NULL
    )`
  yield* sql`
    CREATE TABLE budget_spend (
      user_id uuid NOT NULL,
      month date NOT NULL,
      spent_usd double precision NOT NULL,
      PRIMARY KEY (user_id, month)
    ) WITH (fillfactor = 50)`
  // Spending from before this table existed counts, too.
  yield* sql`
    INSERT INTO budget_spend (user_id, month, spent_usd)
    SELECT coalesce(user_id, '00000000-0000-0000-0000-000000000000'),
      date_trunc('month', created_at AT TIME ZONE 'UTC')::date AS month, sum(cost_usd)
    FROM embedding_ledger WHERE cost_usd > 0
    GROUP BY GROUPING SETS ((user_id, date_trunc('month', created_at AT TIME ZONE 'UTC')::date),
      (date_trunc('month', created_at AT TIME ZONE 'UTC')::date))`

  // Parses whose result is no longer needed: a worker tells the parser.
  yield* sql`
    CREATE TABLE parse_cancellations (
      cancellation_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      provider_job_id text NOT NULL,
      job_id uuid NOT NULL,
      user_id uuid NOT NULL,
      requested_at timestamptz NOT NULL DEFAULT now()
    )`
  yield* sql`ALTER TABLE upload_jobs ADD COLUMN parse_attempts int NOT NULL DEFAULT 0`

  for (const table of serviceTables) {
    yield* sql.unsafe(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`)
    yield* sql.unsafe(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`)
    yield* sql.unsafe(`CREATE POLICY service ON ${table} TO accessa_service USING (true) WITH CHECK (true)`)
    yield* sql.unsafe(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO accessa_service`)
  }
  for (const table of ["budgets", "budget_spend"]) {
    yield* sql.unsafe(
      `CREATE POLICY own ON ${table} FOR SELECT TO accessa_user USING (user_id = ANY ((SELECT accessa_users())::uuid[]))`
    )
    yield* sql.unsafe(`GRANT SELECT ON ${table} TO accessa_user`)
  }
  // Cancelling a job adds a row in the same transaction.
  yield* sql`
    CREATE POLICY own ON parse_cancellations FOR INSERT TO accessa_user
    WITH CHECK (user_id = ANY ((SELECT accessa_users())::uuid[]))`
  yield* sql`GRANT INSERT ON parse_cancellations TO accessa_user`
})
