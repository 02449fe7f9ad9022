/** Whoever serves this database may see which migrations have run on it: it is not ready before its release's have. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`GRANT SELECT ON migration_files TO accessa_service`
})
