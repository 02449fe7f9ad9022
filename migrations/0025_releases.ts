/** Deployments: what each found, its steps, and how it ended. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE releases (
      release_id uuid PRIMARY KEY,
      environment text NOT NULL,
      version text NOT NULL,
      started_by text NOT NULL,
      started_at timestamptz NOT NULL DEFAULT now(),
      -- Versions, replicas, and names of settings; never their values.
      before jsonb NOT NULL,
      request text CHECK (request IN ('hold', 'promote', 'rollback')),
      request_reason text,
      -- NULL: under way.
      outcome text CHECK (outcome IN ('promoted', 'rolled_back', 'needs_a_person')),
      ended_at timestamptz,
      reason text,
      fence bigint NOT NULL DEFAULT 1,
      lease_until timestamptz NOT NULL,
      CHECK ((outcome IS NULL) = (ended_at IS NULL))
    )`
  yield* sql`CREATE UNIQUE INDEX releases_one_under_way ON releases (environment) WHERE ended_at IS NULL`
  yield* sql`CREATE INDEX releases_by_time ON releases (environment, started_at)`
  yield* sql`
    CREATE TABLE release_steps (
      release_id uuid NOT NULL REFERENCES releases ON DELETE CASCADE,
      step text NOT NULL,
      verdict text NOT NULL CHECK (verdict IN ('pass', 'fail', 'inconclusive')),
      checks jsonb NOT NULL,
      ended_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (release_id, step)
    )`
  for (const table of ["releases", "release_steps"]) {
    yield* sql.unsafe(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`)
    yield* sql.unsafe(`CREATE POLICY service ON ${table} TO accessa_service USING (true) WITH CHECK (true)`)
    yield* sql.unsafe(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO accessa_service`)
  }
})
