/** Failed jobs by status, code and fingerprint, the newest of them: each group is one cause. */
import type { SqlClient } from "effect/sql"
import { failuresLookedThrough } from "../../../src/policy/lists.ts"
import { failedJobs } from "./filterJobs.ts"

export const failures = (sql: SqlClient.SqlClient) =>
  sql<{ readonly found: unknown }>`
    WITH known AS MATERIALIZED (
      SELECT j.job_id, j.user_id, j.processing_completed_at AS failed_at, f.*
      FROM (
        SELECT job_id, user_id, processing_completed_at, failure FROM upload_jobs j WHERE ${sql.literal(failedJobs)}
        ORDER BY created_at DESC, job_id DESC LIMIT ${failuresLookedThrough}
      ) j CROSS JOIN LATERAL jsonb_to_record(j.failure)
        AS f(status text, code text, fingerprint text, texts int, chunks int, vectors int, left_usd float8)
    ), grouped AS (
      SELECT status, code, fingerprint, count(*) AS jobs, count(DISTINCT user_id) AS users,
        count(*) FILTER (WHERE failed_at > now() - interval '1 hour') AS last_hour, min(failed_at) AS first_at,
        max(failed_at) AS last_at, (array_agg(job_id ORDER BY failed_at DESC))[1] AS job_id,
        sum(texts) AS texts, sum(chunks) AS chunks, sum(vectors) AS vectors, sum(left_usd) AS left_usd
      FROM known GROUP BY 1, 2, 3
    ), hours AS (
      SELECT status, code, fingerprint, floor(extract(epoch FROM now() - failed_at) / 3600)::int AS ago, count(*) AS jobs
      FROM known WHERE failed_at > now() - interval '24 hours' GROUP BY 1, 2, 3, 4
    ), releases AS (
      SELECT version, min(started_at) AS began, count(*) OVER () AS known FROM workers GROUP BY version
    ), newest AS (
      SELECT * FROM releases WHERE known > 1 ORDER BY began DESC LIMIT 1
    )
    SELECT coalesce(json_agg(json_build_object('code', g.code, 'class', j.last_error->>'class', 'status', g.status,
      'fingerprint', g.fingerprint, 'jobs', g.jobs, 'users', g.users, 'last_hour', g.last_hour, 'first_at', g.first_at,
      'last_at', g.last_at, 'new_in', (SELECT version FROM newest WHERE began <= g.first_at),
      'hours', (SELECT json_agg(coalesce(h.jobs, 0) ORDER BY n DESC) FROM generate_series(0, 23) AS n
        LEFT JOIN hours h ON h.ago = n AND (h.status, h.code, h.fingerprint) = (g.status, g.code, g.fingerprint)),
      'kept_texts', g.texts, 'kept_chunks', g.chunks, 'kept_vectors', g.vectors, 'left_usd', g.left_usd,
      'filename', d.filename, 'job_id', j.job_id, 'user_id', j.user_id, 'message', j.last_error->>'message',
      'kept', j.last_error->>'kept')
      ORDER BY g.last_hour DESC, g.jobs DESC), '[]') AS found
    FROM grouped g JOIN upload_jobs j USING (job_id) JOIN documents d USING (user_id, document_id)`
