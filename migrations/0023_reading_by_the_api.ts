/** The API reads the published views for a user as `accessa_user`, so that it answers `match_documents` as PostgREST does. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE OR REPLACE FUNCTION accessa_readable_users() RETURNS uuid[] LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      IF current_user = 'accessa_user' THEN RETURN public.accessa_users(); END IF;
      IF current_user <> 'authenticated' THEN
        RETURN ARRAY(SELECT user_id FROM public.readers WHERE login = session_user);
      END IF;
      IF session_user = 'authenticated' THEN RETURN '{}'; END IF;
      RETURN ARRAY(
        SELECT sub::uuid FROM (
          SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub' AS sub
        ) claims WHERE sub ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
      );
    END $$`
  yield* sql`GRANT EXECUTE ON FUNCTION accessa_readable_users() TO accessa_user`
  yield* sql`GRANT EXECUTE ON FUNCTION accessa_match_documents(vector, integer, jsonb) TO accessa_user`
  yield* sql`GRANT SELECT ON accessa_chunks TO accessa_user`
})
