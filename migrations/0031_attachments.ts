/** The mail in which a document was attached. The previous release deletes attachments with their mail, without knowing. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`ALTER TABLE documents ADD COLUMN parent_document_id uuid`
  yield* sql`
    ALTER TABLE documents ADD CONSTRAINT documents_parent FOREIGN KEY (user_id, parent_document_id)
      REFERENCES documents (user_id, document_id) ON DELETE CASCADE`
  yield* sql`
    CREATE INDEX documents_by_parent ON documents (user_id, parent_document_id) WHERE parent_document_id IS NOT NULL`
})
