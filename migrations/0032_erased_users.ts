/** When a user was last erased: a file on its way then is no document. The previous release ignores the column. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`ALTER TABLE storage_use ADD COLUMN erased_at timestamptz`
})
