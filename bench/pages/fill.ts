/**
 * Fills an empty database with a year of history, in proportions as they come: nearly all jobs complete, one in a hundred
 * failed, a few hundred under way, half of all jobs one user's, a tenth of them of the last day.
 */
import { Clock, Console, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { monthOf } from "../../layers/Postgres/vectors/spending.ts"

/** The user of half of the jobs. */
const largestUser = "00000000-0000-4000-8000-000000000000"
const userOf = (number: string) => `lpad(to_hex(${number}), 8, '0')::text || '${largestUser.slice(8)}'`

const bigTables = "documents, upload_jobs, job_events, embedding_ledger, document_chunk_buffer, document_vector_buffer"

/** Superusers only: triggers rest, indexes are made afterwards. */
export const fill = Effect.fn("bench.fill")(function*(jobs: number) {
  const sql = yield* SqlClient.SqlClient
  const started = yield* Clock.currentTimeMillis
  yield* sql.withTransaction(Effect.gen(function*() {
    yield* sql`SET LOCAL session_replication_role = replica`
    yield* sql`SET LOCAL statement_timeout = 0`
    yield* sql`SET LOCAL maintenance_work_mem = '512MB'`
    yield* sql`SET LOCAL synchronous_commit = off`
    for (const [name, statement] of statements(jobs)) {
      yield* sql.unsafe(statement)
      const seconds = ((yield* Clock.currentTimeMillis) - started) / 1000
      yield* Console.error(`${seconds.toFixed(0).padStart(5)} s  ${name}`)
    }
  }))
  yield* sql`SET statement_timeout = 0`
  yield* sql`VACUUM ANALYZE`
})

const statements = (jobs: number): ReadonlyArray<readonly [name: string, statement: string]> => [
  [
    "indexes set aside",
    `CREATE TEMP TABLE set_aside AS
      SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index
      WHERE indrelid = ANY ('{${bigTables}}'::regclass[])
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)`
  ],
  [
    "indexes dropped",
    `DO $$ DECLARE x text; BEGIN
      FOR x IN SELECT name FROM set_aside LOOP EXECUTE 'DROP INDEX ' || x; END LOOP; END $$`
  ],
  [
    "jobs drawn",
    `CREATE TEMP TABLE drawn AS
      SELECT n, gen_random_uuid() AS job_id, gen_random_uuid() AS document_id,
        (CASE WHEN n % 2 = 0 THEN '${largestUser}' ELSE ${userOf("1 + n % 997")} END)::uuid AS user_id,
        now() - CASE WHEN n <= ${jobs} / 10 THEN n * (interval '1 day' / (${jobs} / 10.0))
          ELSE interval '1 day' + (n - ${jobs} / 10) * (interval '364 days' / (${jobs} * 0.9)) END AS made,
        CASE WHEN n <= 300 THEN 'open' WHEN n <= 332 THEN 'leased' WHEN n % 100 = 50 THEN 'failed' ELSE 'complete' END AS kind,
        (ARRAY['PARSER_FAILED', 'PARSER_TIMEOUT', 'NO_TEXT', 'EMBED_AUTH', 'BUDGET_EXCEEDED', 'CANCELLED'])[1 + (n / 100) % 6]
          AS code
      FROM generate_series(1, ${jobs}) AS n`
  ],
  [
    "documents",
    `INSERT INTO documents (document_id, user_id, filename, media_type, bytes, raw_sha256, raw_path, created_at)
      SELECT document_id, user_id, (ARRAY['policy', 'claim', 'invoice', 'letter', 'Schedule of Benefits'])[1 + n % 5] || ' ' || n || '.pdf',
        'application/pdf', 20000 + n % 1000000, md5(n::text) || md5(n::text),
        'raw/' || user_id || '/' || document_id || '.pdf', made FROM drawn`
  ],
  [
    "jobs",
    `INSERT INTO upload_jobs (job_id, user_id, document_id, status, raw_path, parsed_path, parsed_sha256, progress, last_error,
        webhook_secret, processing_started_at, processing_completed_at, created_at, updated_at, run_at, fence, lease_owner, lease_until,
        resume_status, provider_job_id, parse_report, embedding_plan, tokens_paid, cost_usd)
      SELECT job_id, user_id, document_id,
        CASE kind WHEN 'complete' THEN 'complete' WHEN 'failed' THEN CASE WHEN n % 300 < 100 THEN 'failed_embedding' ELSE 'failed_parse' END
          WHEN 'leased' THEN 'embedding_in_progress' ELSE (ARRAY['uploaded', 'parse_queued', 'chunks_stored'])[1 + n % 3] END,
        'raw/' || user_id || '/' || document_id || '.pdf', 'parsed/' || user_id || '/' || document_id || '-' || job_id || '-1.md',
        md5(job_id::text) || md5(job_id::text),
        '{"chunks_total": 12, "chunks_done": 12, "embeds_total": 12, "embeds_done": 12}',
        CASE WHEN kind = 'failed' OR (kind = 'open' AND n % 4 = 0) THEN jsonb_build_object('code', code,
          'class', CASE WHEN kind = 'failed' THEN 'permanent' ELSE 'recoverable' END,
          'message', 'Page ' || n % 50 || ' of "file ' || n || '.pdf" could not be read (case ' || n % 7 || ').',
          'help', 'Upload it again.', 'kept', 'The file.', 'at_status', 'parse_queued') END,
        'secret', made, CASE WHEN kind IN ('complete', 'failed') THEN made + interval '9 seconds' END, made,
        made + interval '9 seconds', CASE kind WHEN 'open' THEN now() + n * interval '1 hour' END, 1,
        CASE kind WHEN 'leased' THEN gen_random_uuid() END, CASE kind WHEN 'leased' THEN now() + interval '1 day' END,
        CASE kind WHEN 'failed' THEN 'uploaded' END, 'pjb-' || n, '{"characters": 9000, "pages": 4, "duplicate_of": null}',
        '{"chunks": 12, "reused": 0, "estimated_tokens": 5000, "estimated_cost_usd": 0.0001}', 5000, 0.0001
      FROM drawn`
  ],
  ["failures", "UPDATE upload_jobs j SET failure = accessa_failure(j) WHERE resume_status IS NOT NULL"],
  [
    "events, five a job",
    `INSERT INTO job_events (job_id, type, from_status, to_status, code, actor, fence, progress, created_at)
      SELECT job_id, 'moved', place.before, CASE WHEN place.step = 5 AND kind = 'failed' THEN 'failed_parse' ELSE place.after END,
        CASE WHEN place.step = 5 AND kind = 'failed' THEN code END, 'worker:' || job_id, 1,
        '{"chunks_total": 12, "chunks_done": 12, "embeds_total": 12, "embeds_done": 12}', made + (place.step - 1) * interval '2 seconds'
      FROM drawn CROSS JOIN (VALUES (1, NULL, 'uploaded'), (2, 'uploaded', 'parse_queued'), (3, 'parse_queued', 'parsed'),
        (4, 'chunks_stored', 'embedding_in_progress'), (5, 'embeddings_stored', 'complete')) AS place(step, before, after)
      WHERE kind IN ('complete', 'failed') OR place.step < 3
      ORDER BY made + (place.step - 1) * interval '2 seconds'`
  ],
  [
    "ledger",
    `INSERT INTO embedding_ledger (call_id, job_id, user_id, document_id, embed_model, embed_version, state, chunks, tokens, cost_usd, fence,
        created_at, settled_at)
      SELECT gen_random_uuid(), job_id, user_id, document_id, 'text-embedding-3-small', '1',
        CASE n % 50 WHEN 1 THEN 'reused' WHEN 2 THEN 'lost' ELSE 'paid' END, 12, 5000, 0.0001, 1, made, made + interval '1 second' FROM drawn
      ORDER BY made`
  ],
  [
    "chunks, three for each tenth document",
    `INSERT INTO document_chunk_buffer (chunk_id, document_id, user_id, chunk_ord, chunker_name, chunker_version, chunk_sha, text, meta)
      SELECT gen_random_uuid(), document_id, user_id, ord, 'markdown-simple', '1', md5(n || '-' || ord) || md5(n || '-' || ord),
        repeat('Benefits are paid from day ' || n || ' on. ', 20), '{"headings": [], "start": 0, "end": 800, "page": 1}'
      FROM drawn, generate_series(0, 2) AS ord WHERE n % 10 = 1`
  ],
  [
    "vectors for each hundredth document",
    `INSERT INTO document_vector_buffer (chunk_id, user_id, document_id, embed_model, embed_version, vector, vector_sha, batch_id)
      SELECT chunk_id, user_id, document_id, 'text-embedding-3-small', '1',
        (SELECT array_agg(sin(g * (1 + ('x' || left(chunk_sha, 6))::bit(24)::int % 997)))::vector(1536) FROM generate_series(1, 1536) AS g),
        chunk_sha, chunk_id
      FROM document_chunk_buffer c JOIN drawn d USING (document_id, user_id) WHERE d.n % 100 = 1`
  ],
  [
    "indexes made",
    `DO $$ DECLARE x text; BEGIN
      FOR x IN SELECT definition FROM set_aside LOOP EXECUTE x; END LOOP; END $$`
  ],
  [
    "webhooks",
    `INSERT INTO webhook_subscriptions (subscription_id, user_id, url, events, secret)
      SELECT gen_random_uuid(), user_id, 'https://example.com/hook', '{job.complete}', 'secret'
      FROM (SELECT DISTINCT user_id FROM drawn ORDER BY user_id LIMIT 200) u`
  ],
  [
    "deliveries",
    `INSERT INTO webhook_deliveries (subscription_id, user_id, job_id, event, payload, status, attempt, run_at, created_at, updated_at)
      SELECT s.subscription_id, d.user_id, job_id, 'job.complete', '{"type": "job.complete"}', 'delivered', 1, NULL, made, made
      FROM drawn d JOIN webhook_subscriptions s USING (user_id) WHERE made > now() - interval '30 days'`
  ],
  [
    "callbacks",
    `INSERT INTO webhook_receipts (provider, event_id, job_id, event_type, payload_sha256, received_at)
      SELECT 'llamaparse', gen_random_uuid(), job_id, 'parse.success', 'x', made FROM drawn WHERE made > now() - interval '2 days'`
  ],
  [
    "idempotency keys",
    `INSERT INTO idempotency_keys (user_id, idempotency_key, holder, locked_until, status, headers, body, expires_at)
      SELECT user_id, gen_random_uuid()::text, user_id, made, 202, '{}', '{}', made + interval '1 day' FROM drawn WHERE n <= ${jobs} / 20`
  ],
  [
    "keys",
    `INSERT INTO api_keys (key_id, user_id, role, name, prefix, secret_sha256)
      SELECT gen_random_uuid(), gen_random_uuid(), 'user', 'key ' || n, 'acc_' || lpad(to_hex(n), 8, '0'), 'x'
      FROM generate_series(1, 2000) AS n`
  ],
  [
    "budgets",
    `INSERT INTO budget_spend (user_id, month, spent_usd)
      SELECT u.user_id, (${monthOf("now()")} - m * interval '1 month')::date, 10 + m
      FROM (SELECT DISTINCT user_id FROM drawn UNION ALL SELECT '00000000-0000-0000-0000-000000000000') u, generate_series(0, 12) AS m`
  ],
  [
    "workers",
    `INSERT INTO workers (worker_id, hostname, pid, version, state, jobs, stale_writes)
      SELECT gen_random_uuid(), 'host-' || n, n, '0.1.' || n % 2, 'running', 8, 0 FROM generate_series(1, 6) AS n`
  ],
  [
    "turns",
    `INSERT INTO claim_turns (user_id, due_at) SELECT user_id, min(run_at) FROM upload_jobs WHERE run_at IS NOT NULL GROUP BY user_id`
  ],
  [
    "storage",
    `INSERT INTO storage_use (user_id, stored_bytes) SELECT user_id, sum(bytes) FROM documents GROUP BY user_id`
  ],
  ["triggers on", "SET LOCAL session_replication_role = origin"],
  [
    "audit log",
    `SELECT accessa_audit('key:' || n, 'admin', NULL, 'job.retry', 'job', n::text, 'because', NULL, '{"status": "uploaded"}', NULL)
      FROM generate_series(1, 50000) AS n`
  ]
]
