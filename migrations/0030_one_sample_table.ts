/** Sizes are sampled in `capacity_samples` alone. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** The release of that migration was the first that no longer used what this one drops. */
export const unusedSince = 20

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`DROP TABLE size_samples`
})
