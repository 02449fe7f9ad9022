/** Test databases are used with the pipeline's role, as in production; tests do what it may not as the schema's owner. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** In a separate transaction. */
export const asOwner = <A, E, R>(statements: Effect.Effect<A, E, R>) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql.withTransaction(Effect.andThen(sql`SET LOCAL ROLE NONE`, statements))
  )
