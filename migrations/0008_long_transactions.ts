/**
 * How long transactions of any role have been open: a forgotten one blocks vacuum. The service may read only this and sees
 * no statements; if the owner of this function may not see other sessions, it reports its own.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE FUNCTION accessa_open_transactions() RETURNS TABLE (pid int, name text, since timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
      SELECT a.pid, coalesce(nullif(a.application_name, ''), a.usename::text), a.xact_start FROM pg_stat_activity a
      WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
        AND (a.backend_xmin IS NOT NULL OR a.backend_xid IS NOT NULL)
    $$`
  yield* sql`REVOKE EXECUTE ON FUNCTION accessa_open_transactions() FROM PUBLIC`
  yield* sql`GRANT EXECUTE ON FUNCTION accessa_open_transactions() TO accessa_service`
})
