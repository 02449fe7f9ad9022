/** Lets the service see which migrations have run: it is not ready before those of its release have. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`GRANT SELECT ON migration_files TO accessa_service`
})
