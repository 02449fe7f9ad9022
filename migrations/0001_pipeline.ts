/**
 * Documents, jobs with their history, chunks, vectors, callbacks, workers and the ledger. PostgreSQL 15 syntax; imports
 * none of our code, so that it never changes its meaning.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient

  yield* sql`CREATE EXTENSION IF NOT EXISTS vector`

  yield* sql`
    CREATE TABLE documents (
      document_id uuid PRIMARY KEY,
      user_id uuid NOT NULL,
      filename text NOT NULL,
      media_type text NOT NULL,
      bytes bigint NOT NULL CHECK (bytes > 0),
      raw_sha256 text NOT NULL,
      raw_path text NOT NULL,
      metadata jsonb NOT NULL DEFAULT '{}',
      created_at timestamptz NOT NULL DEFAULT now()
    )`
  yield* sql`CREATE INDEX documents_by_content ON documents (user_id, raw_sha256)`

  // While a worker holds the job, a status change touches no indexed column, so that it is a HOT update.
  yield* sql`
    CREATE TABLE upload_jobs (
      job_id uuid PRIMARY KEY,
      user_id uuid NOT NULL,
      document_id uuid NOT NULL REFERENCES documents ON DELETE CASCADE,
      status text NOT NULL CHECK (status IN (
        'uploaded', 'parse_queued', 'parsed', 'parse_validated', 'chunking', 'chunks_stored', 'embedding_queued',
        'embedding_in_progress', 'embeddings_stored', 'complete', 'failed_parse', 'failed_chunking', 'failed_embedding'
      )),
      raw_path text NOT NULL,
      parsed_path text,
      parsed_sha256 text,
      chunks_version text NOT NULL DEFAULT 'markdown-simple@1',
      embed_model text NOT NULL DEFAULT 'text-embedding-3-small',
      embed_version text NOT NULL DEFAULT '1',
      progress jsonb NOT NULL DEFAULT '{"chunks_total":0,"chunks_done":0,"embeds_total":0,"embeds_done":0}',
      retry_count int NOT NULL DEFAULT 0,
      last_error jsonb,
      webhook_secret text NOT NULL,
      correlation_id uuid NOT NULL DEFAULT gen_random_uuid(),
      processing_started_at timestamptz,
      processing_completed_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      priority int NOT NULL DEFAULT 0,
      run_at timestamptz DEFAULT now(),
      fence bigint NOT NULL DEFAULT 0,
      lease_owner uuid,
      lease_until timestamptz,
      crash_count int NOT NULL DEFAULT 0,
      resume_status text,
      provider_job_id text,
      poll_deadline timestamptz,
      hinted_at timestamptz,
      parse_report jsonb,
      embedding_plan jsonb,
      tokens_paid bigint NOT NULL DEFAULT 0,
      cost_usd double precision NOT NULL DEFAULT 0,
      vectors_reused int NOT NULL DEFAULT 0,
      traceparent text,
      CONSTRAINT held_or_due_or_ended CHECK (
        (lease_until IS NULL) = (lease_owner IS NULL) AND (lease_until IS NULL OR run_at IS NULL)
      )
    ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02)`
  yield* sql`CREATE INDEX upload_jobs_due ON upload_jobs (priority DESC, run_at) WHERE run_at IS NOT NULL`
  yield* sql`CREATE INDEX upload_jobs_leased ON upload_jobs (lease_until) WHERE lease_until IS NOT NULL`
  yield* sql`CREATE INDEX upload_jobs_by_user ON upload_jobs (user_id, created_at DESC, job_id DESC)`
  yield* sql`CREATE INDEX upload_jobs_by_document ON upload_jobs (document_id)`
  yield* sql`CREATE INDEX upload_jobs_by_text ON upload_jobs USING hash (parsed_sha256) WHERE parsed_sha256 IS NOT NULL`
  yield* sql`CREATE INDEX idx_upload_jobs_correlation ON upload_jobs (correlation_id)`
  yield* sql`CREATE INDEX idx_upload_jobs_processing_time ON upload_jobs (processing_started_at, processing_completed_at)`

  // No foreign key: its check costs as much as the row, and a job's rows are deleted with it in one statement.
  yield* sql`
    CREATE TABLE job_events (
      event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      job_id uuid NOT NULL,
      type text NOT NULL,
      from_status text,
      to_status text NOT NULL,
      code text,
      message text,
      actor text NOT NULL,
      fence bigint NOT NULL,
      progress jsonb NOT NULL,
      created_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )`
  yield* sql`CREATE INDEX job_events_by_job ON job_events (job_id, event_id)`

  yield* sql`
    CREATE TABLE document_chunk_buffer (
      chunk_id uuid PRIMARY KEY,
      document_id uuid NOT NULL REFERENCES documents ON DELETE CASCADE,
      user_id uuid NOT NULL,
      chunk_ord int NOT NULL,
      chunker_name text NOT NULL,
      chunker_version text NOT NULL,
      chunk_sha text NOT NULL,
      text text NOT NULL CHECK (text <> ''),
      meta jsonb NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (document_id, chunker_name, chunker_version, chunk_ord)
    )`
  yield* sql`CREATE INDEX document_chunk_buffer_by_sha ON document_chunk_buffer USING hash (chunk_sha)`

  // The staging table has no nearest-neighbour index: building one row by row costs fifty times the insert.
  yield* sql`
    CREATE TABLE document_vector_buffer (
      chunk_id uuid NOT NULL REFERENCES document_chunk_buffer ON DELETE CASCADE,
      document_id uuid NOT NULL,
      embed_model text NOT NULL,
      embed_version text NOT NULL,
      vector vector(1536) NOT NULL CHECK (vector_norm(vector) > 0),
      vector_sha text NOT NULL,
      batch_id uuid NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (chunk_id, embed_model, embed_version)
    )`

  yield* sql`
    CREATE TABLE embedding_ledger (
      call_id uuid NOT NULL,
      job_id uuid NOT NULL,
      user_id uuid NOT NULL,
      document_id uuid NOT NULL,
      embed_model text NOT NULL,
      embed_version text NOT NULL,
      state text NOT NULL CHECK (state IN ('announced', 'paid', 'withdrawn', 'reused', 'lost')),
      chunks int NOT NULL,
      tokens bigint NOT NULL,
      cost_usd double precision NOT NULL,
      request_id text,
      fence bigint NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      settled_at timestamptz,
      PRIMARY KEY (call_id, job_id)
    )`
  yield* sql`CREATE INDEX embedding_ledger_by_job ON embedding_ledger (job_id)`

  yield* sql`
    CREATE TABLE webhook_receipts (
      provider text NOT NULL,
      event_id text NOT NULL,
      job_id uuid NOT NULL,
      event_type text NOT NULL,
      payload_sha256 text NOT NULL,
      received_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (provider, event_id)
    )`

  yield* sql`
    CREATE TABLE workers (
      worker_id uuid PRIMARY KEY,
      hostname text NOT NULL,
      pid int NOT NULL,
      version text NOT NULL,
      state text NOT NULL CHECK (state IN ('running', 'draining', 'stopped')),
      jobs int NOT NULL,
      stale_writes bigint NOT NULL,
      started_at timestamptz NOT NULL DEFAULT now(),
      heartbeat_at timestamptz NOT NULL DEFAULT now()
    )`
})
