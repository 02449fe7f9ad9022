/**
 * Whose rows a connection may touch is decided by the database. `accessa_service` is the pipeline: every tenant's rows, but no
 * schema, and no way around a policy. `accessa_user` acts for the users named in `accessa.users` and sees nothing else.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** By a column of their own; the others by the row they belong to. */
const ownedTables = ["documents", "upload_jobs", "document_chunk_buffer", "document_vector_buffer", "embedding_ledger"]
const jobTables = ["job_events", "webhook_receipts"]
const serviceTables = ["workers"]

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient

  // Roles belong to the whole server: another database of it may have made them, at this very moment.
  for (const role of ["accessa_service", "accessa_user"]) {
    yield* sql.unsafe(`
      DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN
          BEGIN CREATE ROLE ${role} NOLOGIN NOBYPASSRLS;
          EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END;
        END IF;
        IF NOT pg_has_role(current_user, '${role}', 'MEMBER') THEN
          EXECUTE format('GRANT ${role} TO %I', current_user);
        END IF;
      END $$`)
    yield* sql.unsafe(`GRANT USAGE ON SCHEMA public TO ${role}`)
  }

  yield* sql`ALTER TABLE document_vector_buffer ADD COLUMN user_id uuid`
  yield* sql`
    UPDATE document_vector_buffer v SET user_id = d.user_id FROM documents d WHERE d.document_id = v.document_id`
  yield* sql`ALTER TABLE document_vector_buffer ALTER COLUMN user_id SET NOT NULL`

  // Not set means nobody, never everybody.
  yield* sql`
    CREATE FUNCTION accessa_users() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT string_to_array(coalesce(current_setting('accessa.users', true), ''), ',')::uuid[] $$`

  for (const table of [...ownedTables, ...jobTables, ...serviceTables]) {
    yield* sql.unsafe(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`)
    yield* sql.unsafe(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`)
    yield* sql.unsafe(`CREATE POLICY service ON ${table} TO accessa_service USING (true) WITH CHECK (true)`)
    yield* sql.unsafe(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO accessa_service`)
  }
  for (const table of ownedTables) {
    yield* sql.unsafe(
      `CREATE POLICY own ON ${table} TO accessa_user USING (user_id = ANY ((SELECT accessa_users())::uuid[]))`
    )
  }
  for (const table of jobTables) {
    yield* sql.unsafe(`
      CREATE POLICY own ON ${table} TO accessa_user USING (EXISTS (
        SELECT FROM upload_jobs j WHERE j.job_id = ${table}.job_id AND j.user_id = ANY ((SELECT accessa_users())::uuid[])
      ))`)
  }
  for (const table of [...ownedTables, ...jobTables]) {
    yield* sql.unsafe(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO accessa_user`)
  }
})
