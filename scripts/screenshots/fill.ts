/** Writes a made-up day into the database of the stack that the pictures are taken of. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { alerts, judge } from "./alerts.ts"
import { makeDay } from "./day.ts"
import { users } from "./documents.ts"
import { workers } from "./makeJobs.ts"
import { releases } from "./releases.ts"
import { heartbeats, usual } from "./usual.ts"

const inParts = <A>(all: ReadonlyArray<A>, size: number) =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size))

export const fill = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const jobs = makeDay(Date.now())
  for (const part of inParts(jobs.map(({ row }) => row), 250)) {
    const rows = JSON.stringify(part)
    yield* sql`INSERT INTO documents (document_id, user_id, filename, media_type, bytes, raw_sha256, raw_path, created_at)
      SELECT document_id, user_id, filename, media_type, bytes, raw_sha256, raw_path, created_at
      FROM json_populate_recordset(NULL::documents, ${rows}::json)`
    yield* sql`INSERT INTO upload_jobs (job_id, user_id, document_id, status, raw_path, parsed_path, parsed_sha256, progress,
        retry_count, last_error, webhook_secret, correlation_id, processing_completed_at, created_at, updated_at, run_at, fence,
        lease_owner, lease_until, resume_status, provider_job_id, embedding_plan, tokens_paid, cost_usd, vectors_reused)
      SELECT job_id, user_id, document_id, status, raw_path, parsed_path, parsed_sha256, progress, retry_count, last_error,
        'unused', correlation_id, processing_completed_at, created_at, updated_at, run_at, fence, lease_owner, lease_until,
        resume_status, provider_job_id, embedding_plan, tokens_paid, cost_usd, vectors_reused
      FROM json_populate_recordset(NULL::upload_jobs, ${rows}::json)`
  }
  // Else noted when a job fails.
  yield* sql`UPDATE upload_jobs SET failure = accessa_failure(upload_jobs) WHERE resume_status IS NOT NULL`
  const events = jobs.flatMap((job) => job.events).toSorted((a, b) => a.created_at.localeCompare(b.created_at))
  for (const part of inParts(events, 2_000)) {
    yield* sql`INSERT INTO job_events (job_id, type, from_status, to_status, code, message, actor, fence, progress, created_at)
      SELECT job_id, type, from_status, to_status, code, message, actor, fence, progress, created_at
      FROM json_populate_recordset(NULL::job_events, ${JSON.stringify(part)}::json)`
  }
  yield* purchases
  yield* system
  yield* deliveries
  yield* alerts
  yield* releases
  yield* sql`ANALYZE`
  yield* usual
})

/** As if each document had been bought in one call; some texts were known, and a call was lost. */
const purchases = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`INSERT INTO embedding_ledger (call_id, job_id, user_id, document_id, embed_model, embed_version, state, chunks,
      tokens, cost_usd, request_id, fence, created_at, settled_at)
    SELECT gen_random_uuid(), job_id, user_id, document_id, embed_model, embed_version, state, chunks,
      CASE WHEN state = 'reused' THEN 0 ELSE chunks * 118 END, CASE WHEN state = 'reused' THEN 0 ELSE chunks * 118 * 2e-8 END,
      CASE WHEN state = 'reused' THEN NULL ELSE 'req_' || left(md5(job_id::text), 6) END, fence,
      updated_at - interval '8 seconds', updated_at - interval '8 seconds' + (300 + 500 * random()) * interval '1 millisecond'
    FROM upload_jobs, LATERAL (VALUES
      ('paid', (progress->>'embeds_done')::int - vectors_reused), ('reused', vectors_reused)) AS v(state, chunks)
    WHERE chunks > 0 AND raw_path NOT LIKE 'raw/%/%'`
  for (const [n, user] of users.entries()) {
    yield* sql`INSERT INTO embedding_ledger (call_id, user_id, embed_model, embed_version, state, chunks, tokens, cost_usd,
        request_id, created_at, settled_at)
      SELECT gen_random_uuid(), ${user}, 'text-embedding-3-small', '1', 'paid', 1, 9, 9 * 2e-8, 'req_' || left(md5(i::text), 6),
        now() - i * interval '11 minutes', now() - i * interval '11 minutes' + interval '240 ms'
      FROM generate_series(1, ${20 + n * 14}) AS i`
  }
  // The hours before, whose documents are not shown.
  yield* sql`INSERT INTO embedding_ledger (call_id, job_id, user_id, document_id, embed_model, embed_version, state, chunks, tokens,
      cost_usd, request_id, fence, created_at, settled_at)
    SELECT gen_random_uuid(), gen_random_uuid(), ${
    users[0]
  }, gen_random_uuid(), 'text-embedding-3-small', '1', 'paid', 60, 7080,
      7080 * 2e-8, 'req_' || left(md5(n::text), 6), 1, at, at + interval '400 ms'
    FROM generate_series(1, 1900) AS n,
      LATERAL (SELECT now() - interval '1 hour' - (n * 41 + 300 * sin(n / 90.0)) * interval '1 second' AS at) AS t
    WHERE sin(n / 260.0) > -0.4 OR n % 3 = 0`
  yield* sql`INSERT INTO budgets (user_id, limit_usd, updated_by) VALUES (${users[3] ?? ""}, 0.5, 'key:maren')
    ON CONFLICT (user_id) DO UPDATE SET limit_usd = excluded.limit_usd`
  const spent = [4.12, 2.26, 1.14, 0.5, 0.11]
  for (const [n, user] of users.entries()) {
    yield* sql`INSERT INTO budget_spend (user_id, month, spent_usd)
      VALUES (${user}, date_trunc('month', now())::date, ${spent[n] ?? 0})`
  }
  for (let ago = 0; ago < 8; ago++) {
    yield* sql`INSERT INTO budget_spend (user_id, month, spent_usd)
      VALUES ('00000000-0000-0000-0000-000000000000', (date_trunc('month', now()) - ${ago}::int * interval '1 month')::date,
        ${[8.13, 10.42, 9.67, 8.81, 7.15, 6.49, 4.22, 1.28][ago] ?? 0})
      ON CONFLICT (user_id, month) DO UPDATE SET spent_usd = excluded.spent_usd`
  }
})

/** Workers, of which one died, callbacks, and a subscribed application. */
const system = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE workers SET version = '2026.11.26-2', hostname = 'ingest-1', started_at = now() - interval '2 days'`
  for (const [n, { host, id, version }] of workers.entries()) {
    yield* sql`INSERT INTO workers (worker_id, hostname, pid, version, state, jobs, stale_writes, started_at, heartbeat_at)
      VALUES (${id}, ${host}, ${4_000 + n}, ${version}, 'running', 2, ${
      n === 1 ? 2 : 0
    }, now() - interval '70 minutes', now())`
  }
  yield* sql`INSERT INTO workers (worker_id, hostname, pid, version, state, jobs, stale_writes, started_at, heartbeat_at)
    VALUES (${randomUUID()}, 'ingest-1', 3911, '2026.11.26-2', 'stopped', 0, 0, now() - interval '2 days', now() - interval '69 minutes')`
  yield* sql`INSERT INTO webhook_receipts (provider, event_id, job_id, event_type, payload_sha256, received_at)
    SELECT 'llamaparse', job_id::text, job_id, 'parse.success', md5(job_id::text), updated_at - interval '9 seconds'
    FROM upload_jobs WHERE parsed_path IS NOT NULL ON CONFLICT DO NOTHING`
})

/** The user of the local key, as a subscribed application. */
const deliveries = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const user = "00000000-0000-4000-8000-000000000001"
  yield* sql`INSERT INTO webhook_subscriptions (subscription_id, user_id, url, events, secret, active, disabled_reason, disabled_at,
      created_at)
    VALUES ('9f0a1b2c-3d4e-4f50-8a61-72839405a6b7', ${user}, 'https://portal.northquay.example/hooks/documents',
        ARRAY['job.complete', 'job.failed'], 'unused', true, NULL, NULL, now() - interval '40 days'),
      ('1c2d3e4f-5061-4273-8495-a6b7c8d9e0f1', ${user}, 'https://old-portal.northquay.example/in', ARRAY['job.failed'], 'unused',
        false, 'No 2xx answer for 3 days.', now() - interval '6 days', now() - interval '210 days')`
  yield* sql`INSERT INTO webhook_deliveries (delivery_id, subscription_id, user_id, job_id, event, payload, status, attempt, run_at,
      last_status, last_error, created_at)
    SELECT gen_random_uuid(), '9f0a1b2c-3d4e-4f50-8a61-72839405a6b7', ${user}, gen_random_uuid(),
      CASE WHEN n % 7 = 3 THEN 'job.failed' ELSE 'job.complete' END, '{}',
      CASE WHEN n = 1 THEN 'pending' WHEN n = 9 THEN 'dead' ELSE 'delivered' END,
      CASE WHEN n = 1 THEN 3 WHEN n = 9 THEN 12 ELSE 1 END, CASE WHEN n = 1 THEN now() + interval '9 minutes' END,
      CASE WHEN n = 1 THEN 502 WHEN n = 9 THEN 410 ELSE 200 END,
      CASE WHEN n = 1 THEN 'The address answered 502.' WHEN n = 9 THEN 'The address answered 410.' END,
      now() - (n * n * 3 + 1) * interval '1 minute'
    FROM generate_series(1, 12) AS n`
})

/** Run while the pictures are taken: the workers stay alive, but one fell silent two minutes ago. */
export const beat = Effect.gen(function*() {
  yield* judge
  yield* heartbeats
})
