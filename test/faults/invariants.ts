/**
 * What must hold whatever happened, judged by a superuser from the tables alone: nothing here uses the product's own
 * statements. Each returns the rows that violate it.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { errorCodes } from "../../src/domain/ErrorCode.ts"
import { edges, terminalStatuses } from "../../src/domain/JobStatus.ts"

interface Breach {
  readonly what: string
}

/** The violations, as `I2: …`; empty if there are none. */
export const breaches = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const terminal = sql.in(terminalStatuses)
  const checks: ReadonlyArray<readonly [string, Effect.Effect<ReadonlyArray<Breach>, unknown>]> = [
    [
      "I1",
      sql<Breach>`SELECT 'job ' || job_id || ' stands at ' || status || ' and is neither due nor held' AS what
        FROM upload_jobs WHERE status NOT IN ${terminal} AND run_at IS NULL
          AND (lease_until IS NULL OR lease_until < now() - interval '45 seconds')
        UNION ALL SELECT 'job ' || job_id || ' has ended and can be claimed' FROM upload_jobs
        WHERE status IN ${terminal} AND (run_at IS NOT NULL OR lease_until IS NOT NULL)
        UNION ALL SELECT 'job ' || job_id || ' ended ' || count(*) || ' times without a retry between' FROM job_events
        WHERE from_status IS DISTINCT FROM to_status AND to_status IN ${terminal}
        GROUP BY job_id HAVING count(*) > 1 + (
          SELECT count(*) FROM job_events r WHERE r.job_id = job_events.job_id AND r.from_status IN ${terminal}
            AND r.from_status <> r.to_status)`
    ],
    [
      "I2",
      sql<
        Breach
      >`SELECT 'job ' || j.job_id || ' is complete with ' || (j.progress->>'chunks_total') || ' chunks planned, '
          || c.chunks || ' stored, ' || c.vectors || ' good vectors, ' || c.wrong || ' wrong hashes' AS what
        FROM upload_jobs j CROSS JOIN LATERAL (
          SELECT count(*) AS chunks, count(DISTINCT c.chunk_ord) AS ordinals, coalesce(max(c.chunk_ord), -1) AS last,
            count(*) FILTER (WHERE c.chunk_sha <> encode(sha256(convert_to(c.text, 'UTF8')), 'hex')) AS wrong,
            count(v.chunk_id) FILTER (WHERE vector_dims(v.vector) = 1536 AND vector_norm(v.vector) > 0
              AND vector_norm(v.vector) < 'Infinity' AND v.document_id = c.document_id) AS vectors
          FROM document_chunk_buffer c LEFT JOIN document_vector_buffer v ON v.chunk_id = c.chunk_id AND v.user_id = c.user_id
            AND v.embed_model = j.embed_model AND v.embed_version = j.embed_version
          WHERE c.document_id = j.document_id AND c.user_id = j.user_id AND c.chunker_name || '@' || c.chunker_version = j.chunks_version
        ) c
        WHERE j.status = 'complete' AND (c.chunks = 0 OR c.chunks <> (j.progress->>'chunks_total')::int
          OR c.vectors <> c.chunks OR c.ordinals <> c.chunks OR c.last <> c.chunks - 1 OR c.wrong > 0)`
    ],
    [
      "I3",
      sql<Breach>`WITH steps AS (
          SELECT job_id, event_id, from_status, to_status,
            lag(to_status) OVER (PARTITION BY job_id ORDER BY event_id) AS before FROM job_events
        ), legal AS (SELECT * FROM jsonb_to_recordset(${JSON.stringify(edges)}::jsonb) AS e("from" text, "to" text))
        SELECT 'job ' || job_id || ': after ' || coalesce(before, 'nothing') || ' came ' || coalesce(from_status, 'nothing')
          || ' → ' || to_status AS what
        FROM steps s WHERE s.from_status IS DISTINCT FROM s.before
          OR (s.from_status IS NULL AND s.to_status <> 'uploaded')
          OR (s.from_status <> s.to_status
            AND NOT EXISTS (SELECT FROM legal WHERE "from" = s.from_status AND "to" = s.to_status))
        UNION ALL SELECT 'job ' || j.job_id || ' stands at ' || j.status || ', its history at ' || e.to_status
        FROM upload_jobs j CROSS JOIN LATERAL (
          SELECT to_status FROM job_events e WHERE e.job_id = j.job_id ORDER BY event_id DESC LIMIT 1
        ) e WHERE e.to_status <> j.status`
    ],
    [
      "I4",
      sql<Breach>`SELECT 'job ' || job_id || ' has an event of fence ' || fence || ' after one of ' || before AS what
        FROM (SELECT job_id, fence, max(fence) OVER (PARTITION BY job_id ORDER BY event_id) AS before FROM job_events) e
        WHERE fence < before
        UNION ALL SELECT 'job ' || job_id || ' was moved by ' || count(DISTINCT actor) || ' workers under fence ' || fence
        FROM job_events WHERE actor LIKE 'worker:%' GROUP BY job_id, fence HAVING count(DISTINCT actor) > 1
        UNION ALL SELECT 'job ' || l.job_id || ': call ' || l.call_id || ' was paid under fence ' || l.fence
          || ' after fence ' || e.fence || ' had begun'
        FROM embedding_ledger l JOIN job_events e ON e.job_id = l.job_id AND e.fence > l.fence AND e.created_at < l.settled_at
        WHERE l.state = 'paid'
        UNION ALL SELECT 'call ' || v.batch_id || ' of job ' || l.job_id || ' counts as lost, yet its vectors are stored'
        FROM embedding_ledger l JOIN document_vector_buffer v ON v.batch_id = l.call_id AND v.document_id = l.document_id AND v.user_id = l.user_id
        WHERE l.state IN ('lost', 'withdrawn')`
    ],
    [
      "I5",
      sql<
        Breach
      >`SELECT 'job ' || l.job_id || ' paid for ' || sum(l.chunks) || ' texts and has ' || max(d.texts) AS what
        FROM embedding_ledger l JOIN upload_jobs USING (job_id) JOIN LATERAL (
          SELECT count(DISTINCT c.chunk_sha) AS texts FROM document_chunk_buffer c WHERE c.document_id = l.document_id AND c.user_id = l.user_id
        ) d ON true
        WHERE l.state = 'paid' GROUP BY l.job_id HAVING sum(l.chunks) > max(d.texts)
        UNION ALL SELECT 'document ' || c.document_id || ' has one text from ' || count(DISTINCT v.batch_id) || ' purchases'
        FROM document_chunk_buffer c JOIN document_vector_buffer v USING (chunk_id, user_id)
        GROUP BY c.user_id, c.document_id, c.chunk_sha, v.embed_model, v.embed_version HAVING count(DISTINCT v.batch_id) > 1
        UNION ALL SELECT 'job ' || j.job_id || ' says ' || j.tokens_paid || ' tokens, the ledger ' || l.tokens
        FROM upload_jobs j JOIN (
          SELECT job_id, sum(tokens) AS tokens FROM embedding_ledger WHERE state = 'paid' GROUP BY job_id
        ) l USING (job_id) WHERE l.tokens <> j.tokens_paid
        UNION ALL SELECT 'call ' || l.call_id || ' of job ' || l.job_id || ' is still announced' FROM embedding_ledger l
        JOIN upload_jobs j USING (job_id) WHERE l.state = 'announced' AND j.lease_until IS NULL
        UNION ALL SELECT 'call ' || call_id || ' of a search is still announced' FROM embedding_ledger
        WHERE state = 'announced' AND job_id IS NULL AND created_at < now() - interval '1 minute'`
    ],
    [
      "I7",
      sql<Breach>`WITH parts AS (
          SELECT 'chunk ' || chunk_id AS part, user_id, document_id FROM document_chunk_buffer
          UNION ALL SELECT 'vector ' || chunk_id, user_id, document_id FROM document_vector_buffer
          UNION ALL SELECT 'job ' || job_id, user_id, document_id FROM upload_jobs
        )
        SELECT part || ' is of no document of its user' AS what
        FROM parts LEFT JOIN documents d USING (user_id, document_id) WHERE d.document_id IS NULL`
    ],
    [
      "I8",
      sql<Breach>`SELECT 'job ' || job_id || ' failed with ' || coalesce(last_error::text, 'no error') AS what
        FROM upload_jobs WHERE status LIKE 'failed%' AND (
          last_error IS NULL OR NOT coalesce(last_error->>'code', '') = ANY(${Object.keys(errorCodes)}::text[])
          OR coalesce(last_error->>'class', '') NOT IN ('transient', 'permanent', 'recoverable')
          OR coalesce(last_error->>'message', '') = '' OR coalesce(last_error->>'help', '') = ''
          OR correlation_id IS NULL OR processing_completed_at IS NULL)`
    ],
    [
      "I10",
      sql<Breach>`SELECT 'document ' || j.document_id || ' at ' || j.status || ' has ' || c.chunks || ' of '
          || (j.progress->>'chunks_total') || ' chunks' AS what
        FROM upload_jobs j CROSS JOIN LATERAL (
          SELECT count(*) AS chunks, coalesce(max(chunk_ord), -1) AS last FROM document_chunk_buffer c
          WHERE c.document_id = j.document_id AND c.user_id = j.user_id AND c.chunker_name || '@' || c.chunker_version = j.chunks_version
        ) c
        WHERE j.status IN ('chunks_stored', 'embedding_queued', 'embedding_in_progress', 'embeddings_stored', 'complete')
          AND (c.chunks <> (j.progress->>'chunks_total')::int OR c.last <> c.chunks - 1)`
    ]
  ]
  const found: Array<string> = []
  for (const [name, check] of checks) {
    for (const { what } of yield* check) found.push(`${name}: ${what}`)
  }
  return found
})
