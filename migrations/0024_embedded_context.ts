/** What a chunk is embedded with beside its text. Chunks stored before keep no context and their own hash. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    ALTER TABLE document_chunk_buffer
      ADD COLUMN embed_context text NOT NULL DEFAULT '',
      ADD COLUMN embed_sha text,
      ADD CONSTRAINT embed_sha_with_context CHECK ((embed_sha IS NULL) = (embed_context = '')) NOT VALID`
  yield* sql`
    CREATE INDEX document_chunk_buffer_by_input ON document_chunk_buffer USING hash ((coalesce(embed_sha, chunk_sha)))`
})
