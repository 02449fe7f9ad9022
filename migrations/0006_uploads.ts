/** Uploads through a signed address: a row from the announcement until the sweep removes it. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient

  // `confirmed`: the bytes were verified and a job is being created. `ended`: they were refused, or it is too late. The
  // sweep repeats until `url_until`, because bytes may still arrive at a storage's own address until then.
  yield* sql`
    CREATE TABLE uploads (
      document_id uuid PRIMARY KEY,
      user_id uuid NOT NULL,
      filename text NOT NULL,
      bytes bigint NOT NULL CHECK (bytes > 0),
      sha256 text,
      path text NOT NULL,
      metadata jsonb NOT NULL,
      priority int NOT NULL,
      force boolean NOT NULL,
      state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'confirmed', 'ended')),
      job_id uuid,
      complete_by timestamptz NOT NULL,
      url_until timestamptz NOT NULL,
      sweep_at timestamptz NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT job_is_of_confirmed CHECK (job_id IS NULL OR state = 'confirmed')
    )`
  yield* sql`CREATE INDEX uploads_to_sweep ON uploads (sweep_at)`

  yield* sql`ALTER TABLE uploads ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`
  yield* sql`CREATE POLICY service ON uploads TO accessa_service USING (true) WITH CHECK (true)`
  yield* sql`CREATE POLICY own ON uploads TO accessa_user USING (user_id = ANY ((SELECT accessa_users())::uuid[]))`
  yield* sql`GRANT SELECT, INSERT, UPDATE, DELETE ON uploads TO accessa_service`
  yield* sql`GRANT SELECT, INSERT, UPDATE ON uploads TO accessa_user`
})
