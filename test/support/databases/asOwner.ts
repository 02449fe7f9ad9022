/** Test databases are used as the pipeline's role, as in production; what it may not do a test does as the schema's owner. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** In a transaction of its own. */
export const asOwner = <A, E, R>(statements: Effect.Effect<A, E, R>) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql.withTransaction(Effect.andThen(sql`SET LOCAL ROLE NONE`, statements))
  )
