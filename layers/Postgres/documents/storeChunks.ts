/** The statements that write chunks, inside the transaction that moves the jobs. */
import { Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { type Chunk, embeddingInput } from "../../../src/domain/Chunk.ts"
import type { DocumentId } from "../../../src/domain/Ids.ts"
import type { ClaimedJob } from "../../../src/domain/Job.ts"
import { statuses } from "../../../src/domain/JobStatus.ts"

/** A small document's row may still have an earlier status. */
const unchunked = statuses.slice(0, statuses.indexOf("chunks_stored"))

interface JobChunks {
  readonly job: ClaimedJob
  readonly chunks: ReadonlyArray<Chunk>
}

export interface Inserted {
  readonly document_id: DocumentId
  readonly chunks: number
  /** Whether the user already had one of the texts, with a vector or without. Null if not asked for. */
  readonly has_known: boolean | null
}

/**
 * One insert for all, joined with the jobs whose claim is still valid: a stale worker's chunks are dropped. `findKnownTexts` also
 * tells which documents have a text that the user has already: while a row is inserted, it costs a look at one index.
 */
export const insertChunks = (
  sql: SqlClient.SqlClient,
  requests: ReadonlyArray<JobChunks>,
  { findKnownTexts }: { readonly findKnownTexts: boolean }
): Effect.Effect<ReadonlyArray<Inserted>, SqlError.SqlError> => {
  const rows = requests.flatMap(({ chunks, job }) => chunks.map((chunk) => ({ chunk, job })))
  const column = <A>(value: (row: (typeof rows)[number]) => A): ReadonlyArray<A> => rows.map(value)
  return rows.length === 0 ? Effect.succeed([]) : sql<Inserted>`
    WITH held AS (
      SELECT j.job_id, j.document_id, j.user_id, split_part(j.chunks_version, '@', 1) AS chunker_name,
        split_part(j.chunks_version, '@', 2) AS chunker_version
      FROM upload_jobs j JOIN unnest(
        ${requests.map(({ job }) => job.jobId)}::uuid[], ${requests.map(({ job }) => job.fence)}::bigint[]
      ) AS w(job_id, fence) USING (job_id, fence)
      WHERE j.lease_owner IS NOT NULL AND ${sql.in("j.status", unchunked)}
      ORDER BY j.job_id
      FOR UPDATE OF j
    ), stored AS (
      INSERT INTO document_chunk_buffer AS new
        (chunk_id, document_id, user_id, chunk_ord, chunker_name, chunker_version, chunk_sha, embed_sha, embed_context, text, meta)
      SELECT c.chunk_id, held.document_id, held.user_id, c.chunk_ord, held.chunker_name, held.chunker_version, c.chunk_sha,
        nullif(c.embed_sha, ''), c.embed_context, c.text, c.meta::jsonb
      FROM (
        SELECT unnest(${column(({ job }) => job.jobId)}::uuid[]) AS job_id,
          unnest(${column(({ chunk }) => chunk.chunkId)}::uuid[]) AS chunk_id,
          unnest(${column(({ chunk }) => chunk.ordinal)}::int[]) AS chunk_ord,
          unnest(${column(({ chunk }) => chunk.sha)}::text[]) AS chunk_sha,
          unnest(${column(({ chunk }) => chunk.embedSha ?? "")}::text[]) AS embed_sha,
          unnest(${column(({ chunk }) => chunk.context ?? "")}::text[]) AS embed_context,
          unnest(${column(({ chunk }) => chunk.text)}::text[]) AS text,
          unnest(${column(({ chunk }) => JSON.stringify(chunk.meta))}::text[]) AS meta
      ) c CROSS JOIN LATERAL (SELECT * FROM held WHERE held.job_id = c.job_id OFFSET 0) held
      ON CONFLICT (chunk_id, user_id) DO NOTHING
      RETURNING document_id, ${findKnownTexts ? sql.literal(knownText) : sql`NULL::boolean`} AS known
    )
    SELECT document_id, count(*)::int AS chunks, bool_or(known) AS has_known FROM stored GROUP BY document_id`
}

/** The statement does not see the rows that it inserts itself. */
const knownText = `(
  SELECT true FROM document_chunk_buffer o
  WHERE coalesce(o.embed_sha, o.chunk_sha) = coalesce(new.embed_sha, new.chunk_sha) AND o.user_id = new.user_id
  LIMIT 1
)`

/**
 * Removes chunks of an earlier run that this run produced differently: those with another hash, and all after the last one
 * of a window. A first claim has none; a stale claim removes nothing.
 */
export const removeOutdated = (sql: SqlClient.SqlClient, requests: ReadonlyArray<JobChunks>) => {
  const again = requests.filter(({ chunks, job }) => job.fence > 1n && chunks.length > 0)
  const rows = again.flatMap(({ chunks, job }) => chunks.map((chunk) => ({ chunk, job })))
  return again.length === 0 ? Effect.void : sql`
    WITH kept AS (
      SELECT * FROM unnest(
        ${rows.map(({ chunk }) => chunk.chunkId)}::uuid[], ${rows.map(({ job }) => job.userId)}::uuid[],
        ${rows.map(({ chunk }) => embeddingInput(chunk).sha)}::text[]
      ) AS k(chunk_id, user_id, embed_sha)
    ), windows AS (
      SELECT j.document_id, j.user_id, j.chunks_version AS chunker, w.first
      FROM upload_jobs j JOIN unnest(
        ${again.map(({ job }) => job.jobId)}::uuid[], ${again.map(({ job }) => job.fence)}::bigint[],
        ${again.map(({ chunks }) => chunks[0]?.ordinal ?? 0)}::int[]
      ) AS w(job_id, fence, first) USING (job_id, fence)
      WHERE j.lease_owner IS NOT NULL AND ${sql.in("j.status", unchunked)}
      ORDER BY j.job_id
      FOR UPDATE OF j
    )
    DELETE FROM document_chunk_buffer c USING windows w
    WHERE c.document_id = w.document_id AND c.user_id = w.user_id AND c.chunker_name || '@' || c.chunker_version = w.chunker
      AND c.chunk_ord >= w.first
      AND NOT EXISTS (
        SELECT FROM kept k WHERE k.chunk_id = c.chunk_id AND k.user_id = c.user_id AND k.embed_sha = coalesce(c.embed_sha, c.chunk_sha)
      )`
}
