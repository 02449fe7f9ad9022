/** A request with a key keeps one id across all attempts, and the document it creates carries that id. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`ALTER TABLE idempotency_keys ADD COLUMN request_id uuid NOT NULL DEFAULT gen_random_uuid()`
  yield* sql`ALTER TABLE documents ADD COLUMN request_id uuid`
  yield* sql`CREATE UNIQUE INDEX documents_by_request ON documents (user_id, request_id) WHERE request_id IS NOT NULL`
})
