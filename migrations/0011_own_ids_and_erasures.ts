/**
 * Document ids are per user: two users may have the same one, and therefore chunks with the same id. What a delete still
 * has to remove outside the database is kept in a table until no late worker can write it again.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const serviceTables = ["erasures", "object_sweeps"]

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient

  yield* sql`
    ALTER TABLE document_vector_buffer
      DROP CONSTRAINT document_vector_buffer_chunk_id_fkey, DROP CONSTRAINT document_vector_buffer_pkey`
  yield* sql`
    ALTER TABLE document_chunk_buffer
      DROP CONSTRAINT document_chunk_buffer_document_id_fkey, DROP CONSTRAINT document_chunk_buffer_pkey,
      DROP CONSTRAINT document_chunk_buffer_document_id_chunker_name_chunker_vers_key`
  yield* sql`ALTER TABLE upload_jobs DROP CONSTRAINT upload_jobs_document_id_fkey`
  yield* sql`ALTER TABLE documents DROP CONSTRAINT documents_pkey, ADD PRIMARY KEY (user_id, document_id)`

  // Both columns, because a planner that has to choose between two indexes may read all of a user's jobs.
  yield* sql`DROP INDEX upload_jobs_by_document`
  yield* sql`CREATE INDEX upload_jobs_by_document ON upload_jobs (document_id, user_id)`
  yield* sql`
    ALTER TABLE upload_jobs ADD CONSTRAINT upload_jobs_document FOREIGN KEY (user_id, document_id)
      REFERENCES documents ON DELETE CASCADE`
  yield* sql`
    ALTER TABLE document_chunk_buffer
      ADD PRIMARY KEY (chunk_id, user_id),
      ADD CONSTRAINT document_chunk_buffer_place UNIQUE (document_id, chunker_name, chunker_version, chunk_ord, user_id),
      ADD CONSTRAINT document_chunk_buffer_document FOREIGN KEY (user_id, document_id)
        REFERENCES documents ON DELETE CASCADE`
  yield* sql`
    ALTER TABLE document_vector_buffer
      ADD PRIMARY KEY (chunk_id, user_id, embed_model, embed_version),
      ADD CONSTRAINT document_vector_buffer_chunk FOREIGN KEY (chunk_id, user_id)
        REFERENCES document_chunk_buffer ON DELETE CASCADE`

  // Null: no bytes have arrived yet at the API's own address, and nothing is at `path`.
  yield* sql`ALTER TABLE uploads ADD COLUMN received_at timestamptz`

  yield* sql`CREATE INDEX uploads_by_job ON uploads (job_id) WHERE job_id IS NOT NULL`

  // The document a stored answer is about: deleting it deletes the answer.
  yield* sql`ALTER TABLE idempotency_keys ADD COLUMN document_id uuid`
  yield* sql`DELETE FROM idempotency_keys WHERE body LIKE '{"hits":%'`
  yield* sql`
    UPDATE idempotency_keys SET document_id = (body::jsonb->>'document_id')::uuid
    WHERE body LIKE '{%' AND body::jsonb->>'job_id' IS NOT NULL`
  yield* sql`
    UPDATE idempotency_keys k SET status = 404, headers = '{}', body = ''
    WHERE k.document_id IS NOT NULL AND NOT EXISTS (
      SELECT FROM documents d WHERE d.document_id = k.document_id AND d.user_id = k.user_id
    )`
  yield* sql`
    CREATE INDEX idempotency_keys_by_document ON idempotency_keys (document_id, user_id) WHERE document_id IS NOT NULL`

  // What remains of a deleted document: its objects, its parse at the provider, and late writes of a worker that held it.
  yield* sql`
    CREATE TABLE erasures (
      job_id uuid PRIMARY KEY,
      user_id uuid NOT NULL,
      document_id uuid NOT NULL,
      raw_path text NOT NULL,
      parsed_path text,
      fence bigint NOT NULL,
      provider_job_id text,
      passes int NOT NULL DEFAULT 0,
      run_at timestamptz NOT NULL DEFAULT now(),
      created_at timestamptz NOT NULL DEFAULT now()
    )`
  yield* sql`CREATE INDEX erasures_due ON erasures (run_at)`

  // When a worker next scans for orphaned objects.
  yield* sql`CREATE TABLE object_sweeps (bucket text PRIMARY KEY, run_at timestamptz NOT NULL)`
  yield* sql`INSERT INTO object_sweeps VALUES ('raw', now()), ('parsed', now())`

  for (const table of serviceTables) {
    yield* sql.unsafe(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`)
    yield* sql.unsafe(`CREATE POLICY service ON ${table} TO accessa_service USING (true) WITH CHECK (true)`)
    yield* sql.unsafe(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO accessa_service`)
  }
})
