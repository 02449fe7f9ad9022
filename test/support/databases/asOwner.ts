/** Test databases are used with the pipeline's role, as in production; tests do what it may not as the schema's owner. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** In a separate transaction. */
export const asOwner = <A, E, R>(statements: Effect.Effect<A, E, R>) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql.withTransaction(Effect.andThen(becomeOwner(sql), statements))
  )

/** The login is the owner itself, or its superuser, or may become it. */
const becomeOwner = (sql: SqlClient.SqlClient) =>
  sql`SELECT set_config('role', CASE WHEN rolsuper THEN 'none' ELSE datdba::regrole::text END, true)
    FROM pg_roles, pg_database WHERE rolname = session_user AND datname = current_database()`
