/**
 * The database decides whose rows a connection may touch. `accessa_service` is the pipeline: every tenant's rows, but no
 * schema changes and no way around a policy. `accessa_user` acts for the users named in `accessa.users` and sees nothing
 * else.
 *
 * What a person asks for adds an entry to `audit_log` in the same transaction, always through the same function:
 *
 *   accessa_audit(actor text, role text, user_id uuid, action text, target_type text, target_id text, reason text,
 *     before jsonb, after jsonb, correlation_id uuid) RETURNS bigint
 *
 * `actor` and `role` are the Principal's (`key:<id>`, `operator`), `user_id` is the owner of the data (null: none),
 * `action` is `noun.verb` (`job.retry`, `key.revoke`, `budget.set`). Never a secret or document text in `before` and
 * `after`. It holds a lock until the transaction ends, so call it last and keep the transaction short; in a statement,
 * select from it, because an unreferenced CTE does not run: `…, audited AS (SELECT accessa_audit(…) FROM changed) SELECT …
 * FROM changed, audited`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const everything = "SELECT, INSERT, UPDATE, DELETE"

/** Tables with a user column, and what a user may do there: the pipeline writes the rest. */
const ownedTables: Readonly<Record<string, string>> = {
  documents: "SELECT, INSERT, DELETE",
  upload_jobs: everything,
  document_chunk_buffer: "SELECT",
  document_vector_buffer: "SELECT",
  embedding_ledger: "SELECT"
}
/** Tables whose rows belong to a job. */
const jobTables: Readonly<Record<string, string>> = {
  job_events: "SELECT, INSERT, DELETE",
  webhook_receipts: "SELECT, DELETE"
}
const serviceTables = ["workers", "claim_turns"]

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient

  // Roles belong to the whole server: another database may be creating them at the same moment. From version 16, the
  // creator of a role is a member of it but may not SET ROLE to it.
  for (const role of ["accessa_service", "accessa_user"]) {
    yield* sql.unsafe(`
      DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN
          BEGIN CREATE ROLE ${role} NOLOGIN NOBYPASSRLS;
          EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END;
        END IF;
        IF NOT pg_has_role(current_user, '${role}',
          CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END
        ) THEN
          EXECUTE format('GRANT ${role} TO %I', current_user);
        END IF;
      END $$`)
    yield* sql.unsafe(`GRANT USAGE ON SCHEMA public TO ${role}`)
  }

  yield* sql`ALTER TABLE document_vector_buffer ADD COLUMN user_id uuid`
  yield* sql`
    UPDATE document_vector_buffer v SET user_id = d.user_id FROM documents d WHERE d.document_id = v.document_id`
  yield* sql`ALTER TABLE document_vector_buffer ALTER COLUMN user_id SET NOT NULL`

  // Workers take turns between users: when each was served last, and each user's due jobs, with urgent ones numbered
  // separately.
  yield* sql`
    CREATE TABLE claim_turns (user_id uuid PRIMARY KEY, claimed_at timestamptz NOT NULL) WITH (fillfactor = 50)`
  yield* sql`DROP INDEX upload_jobs_due`
  yield* sql`CREATE INDEX upload_jobs_due ON upload_jobs (user_id, priority, run_at, job_id) WHERE run_at IS NOT NULL`

  // Unset means no user, never all users.
  yield* sql`
    CREATE FUNCTION accessa_users() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT string_to_array(coalesce(current_setting('accessa.users', true), ''), ',')::uuid[] $$`

  for (const table of [...Object.keys(ownedTables), ...Object.keys(jobTables), ...serviceTables]) {
    yield* sql.unsafe(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`)
    yield* sql.unsafe(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`)
    yield* sql.unsafe(`CREATE POLICY service ON ${table} TO accessa_service USING (true) WITH CHECK (true)`)
    yield* sql.unsafe(`GRANT ${everything} ON ${table} TO accessa_service`)
  }
  for (const [table, rights] of Object.entries(ownedTables)) {
    yield* sql.unsafe(
      `CREATE POLICY own ON ${table} TO accessa_user USING (user_id = ANY ((SELECT accessa_users())::uuid[]))`
    )
    yield* sql.unsafe(`GRANT ${rights} ON ${table} TO accessa_user`)
  }
  for (const [table, rights] of Object.entries(jobTables)) {
    yield* sql.unsafe(`
      CREATE POLICY own ON ${table} TO accessa_user USING (EXISTS (
        SELECT FROM upload_jobs j WHERE j.job_id = ${table}.job_id AND j.user_id = ANY ((SELECT accessa_users())::uuid[])
      ))`)
    yield* sql.unsafe(`GRANT ${rights} ON ${table} TO accessa_user`)
  }

  yield* auditLog
})

/** Each entry's hash covers the one before it, so that changing an entry requires changing all later ones. */
const auditLog = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE audit_log (
      entry_id bigint PRIMARY KEY,
      at timestamptz NOT NULL,
      actor text NOT NULL,
      role text NOT NULL,
      user_id uuid,
      action text NOT NULL,
      target_type text NOT NULL,
      target_id text NOT NULL,
      reason text,
      before jsonb,
      after jsonb,
      correlation_id uuid,
      previous_hash text NOT NULL,
      hash text NOT NULL
    )`
  yield* sql`ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`
  yield* sql`CREATE POLICY service ON audit_log TO accessa_service USING (true) WITH CHECK (true)`
  yield* sql`GRANT SELECT ON audit_log TO accessa_service`

  // The same text on every server and in every session: UTC times, and unambiguous quoting.
  yield* sql`
    CREATE FUNCTION accessa_audit_hash(entry audit_log) RETURNS text LANGUAGE sql STABLE AS $$
      SELECT encode(sha256(convert_to(jsonb_build_array(
        entry.previous_hash, entry.entry_id, to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), entry.actor,
        entry.role, entry.user_id, entry.action, entry.target_type, entry.target_id, entry.reason, entry.before,
        entry.after, entry.correlation_id
      )::text, 'UTF8')), 'hex')
    $$`
  yield* sql`
    CREATE FUNCTION accessa_audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtextextended('accessa audit log', 0));
      SELECT entry_id + 1, hash INTO NEW.entry_id, NEW.previous_hash FROM audit_log ORDER BY entry_id DESC LIMIT 1;
      IF NOT FOUND THEN
        NEW.entry_id := 1;
        NEW.previous_hash := repeat('0', 64);
      END IF;
      NEW.at := clock_timestamp();
      NEW.hash := accessa_audit_hash(NEW);
      RETURN NEW;
    END $$`
  yield* sql`
    CREATE FUNCTION accessa_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'The audit log is only ever added to.' USING ERRCODE = 'insufficient_privilege';
    END $$`
  yield* sql`
    CREATE TRIGGER chained BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION accessa_audit_chain()`
  yield* sql`
    CREATE TRIGGER kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log EXECUTE FUNCTION accessa_audit_refuse()`

  // Runs as the owner of the table: no other role may write it, and users cannot read it.
  yield* sql`
    CREATE FUNCTION accessa_audit(
      actor text, role text, user_id uuid, action text, target_type text, target_id text, reason text, before jsonb,
      after jsonb, correlation_id uuid
    ) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
      INSERT INTO audit_log (actor, role, user_id, action, target_type, target_id, reason, before, after, correlation_id)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
      RETURNING entry_id
    $$`
  const signature = "accessa_audit(text, text, uuid, text, text, text, text, jsonb, jsonb, uuid)"
  yield* sql.unsafe(`REVOKE EXECUTE ON FUNCTION ${signature} FROM PUBLIC`)
  yield* sql.unsafe(`GRANT EXECUTE ON FUNCTION ${signature} TO accessa_service, accessa_user`)
})
