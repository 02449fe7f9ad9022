/** API keys, and stored answers to idempotent requests. Both belong to the service: users cannot read them by SQL. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient

  // A key is 256 random bits and not guessable, so a fast hash is as good as a slow one.
  yield* sql`
    CREATE TABLE api_keys (
      key_id uuid PRIMARY KEY,
      user_id uuid NOT NULL,
      role text NOT NULL CHECK (role IN ('viewer', 'user', 'operator', 'admin')),
      name text NOT NULL,
      prefix text NOT NULL UNIQUE,
      secret_sha256 text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz,
      revoked_at timestamptz,
      last_used_at timestamptz
    )`
  yield* sql`CREATE INDEX api_keys_newest ON api_keys (created_at DESC, key_id)`

  // Without an answer the request is still running, or its process has died; then `locked_until` expires.
  yield* sql`
    CREATE TABLE idempotency_keys (
      user_id uuid NOT NULL,
      idempotency_key text NOT NULL,
      holder uuid NOT NULL,
      locked_until timestamptz NOT NULL,
      fingerprint text,
      status int,
      headers jsonb,
      body text,
      expires_at timestamptz NOT NULL,
      PRIMARY KEY (user_id, idempotency_key)
    )`
  yield* sql`CREATE INDEX idempotency_keys_expiring ON idempotency_keys (expires_at)`

  for (const table of ["api_keys", "idempotency_keys"]) {
    yield* sql.unsafe(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`)
    yield* sql.unsafe(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`)
    yield* sql.unsafe(`CREATE POLICY service ON ${table} TO accessa_service USING (true) WITH CHECK (true)`)
    yield* sql.unsafe(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO accessa_service`)
  }
})
