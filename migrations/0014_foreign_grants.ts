/**
 * Closes default grants to other roles: on Supabase everything new in `public` is also granted to `anon` and
 * `authenticated`. After each run `layers/Postgres/schema/closeGrants.ts` revokes such grants; this migration does what it
 * cannot: the two migration tables get row security, functions are limited to our roles, and those that run as their owner
 * do not resolve names in `public` that others could create.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient

  // The owner of the table, or a member of the owning role, can still migrate, with this release or the previous one.
  for (const table of ["migration_files", "effect_sql_migrations"]) {
    yield* sql.unsafe(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`)
    yield* sql.unsafe(`
      CREATE POLICY owner ON ${table} USING (
        pg_has_role((SELECT relowner FROM pg_class WHERE oid = '${table}'::regclass), 'USAGE')
      )`)
  }
  yield* sql`CREATE POLICY service ON migration_files FOR SELECT TO accessa_service USING (true)`

  // As in 0002, with every name outside the catalog qualified.
  yield* sql`
    CREATE OR REPLACE FUNCTION accessa_audit_chain() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtextextended('accessa audit log', 0));
      SELECT entry_id + 1, hash INTO NEW.entry_id, NEW.previous_hash FROM public.audit_log ORDER BY entry_id DESC LIMIT 1;
      IF NOT FOUND THEN
        NEW.entry_id := 1;
        NEW.previous_hash := repeat('0', 64);
      END IF;
      NEW.at := clock_timestamp();
      NEW.hash := public.accessa_audit_hash(NEW);
      RETURN NEW;
    END $$`
  yield* sql`
    CREATE OR REPLACE FUNCTION accessa_audit(
      actor text, role text, user_id uuid, action text, target_type text, target_id text, reason text, before jsonb,
      after jsonb, correlation_id uuid
    ) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
      INSERT INTO public.audit_log
        (actor, role, user_id, action, target_type, target_id, reason, before, after, correlation_id)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
      RETURNING entry_id
    $$`

  // Functions that PUBLIC could call so far are granted to our two roles; the others had explicit grants from the
  // beginning.
  yield* sql`
    DO $$
    DECLARE called regprocedure;
    BEGIN
      FOR called IN
        SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND starts_with(proname, 'accessa_')
          AND EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) AS granted WHERE grantee = 0)
      LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO accessa_service, accessa_user', called);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', called);
      END LOOP;
    END $$`
})
