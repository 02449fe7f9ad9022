/** Accepts documents: each becomes a job, unless its id is taken or the user already has its bytes. */
import { Clock, Duration, Effect } from "effect"
import type { SqlClient } from "effect/sql"
import type { Acceptance, NewDocument } from "../../../services/Documents.ts"
import { authenticationLasts } from "../../../src/policy/userData.ts"
import { asUsers } from "../connection/asUser.ts"
import { jobsPayload, workChannel } from "../connection/channels.ts"
import { toldOf } from "../connection/tell.ts"
import { jobColumns, joinDocument } from "../jobs/jobRow.ts"
import { eventsOf } from "../jobs/transition.ts"
import { roomOf } from "./storageRoom.ts"

export interface NewJob {
  readonly document: NewDocument
  readonly jobId: string
  readonly secret: string
}

interface Accepted {
  /** The requested job id: identifies the request this answers. */
  readonly asked: string
  readonly _tag: Acceptance["_tag"]
  /** Null: the id belongs to another user, the quota is used up, or the user or the parent is gone. */
  readonly job_id: string | null
}

/** The identities that two concurrent uploads must not share. */
export const identities = ({ documentId, force, sha256, userId }: NewDocument): ReadonlyArray<string> =>
  force ? [`${userId}${documentId}`] : [`${userId}${documentId}`, `${userId}${sha256}`]

/**
 * One transaction for all, as their users; no two of them may share an identity. Locks make concurrent uploads of the same
 * bytes wait, so that the later one finds the earlier one's job, and concurrent uploads of one user, so that two cannot use
 * the same quota. The locks are taken in one order to avoid deadlocks. The first events need a separate statement, because
 * their policy only sees jobs that existed before it. Rows are looked up by one column and OFFSET 0, as in `joinDocument`: by their
 * user too, or with `= ANY`, the planner would read all rows of the user.
 */
export const acceptDocuments = (sql: SqlClient.SqlClient, jobs: ReadonlyArray<NewJob>) =>
  Effect.gen(function*() {
    const locks = new Set(jobs.flatMap(({ document }) => [...identities(document), roomOf(document.userId)]))
    const wanted = wire(jobs, yield* Clock.currentTimeMillis)
    yield* sql`SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest(${[...locks].sort()}::text[]) AS key`
    const answers = yield* sql<Accepted>`
      WITH wanted AS (
        SELECT * FROM jsonb_to_recordset(${wanted}::jsonb) AS w(
          job_id uuid, document_id uuid, user_id uuid, correlation_id uuid, filename text, media_type text, bytes bigint,
          raw_sha256 text, raw_path text, parent_document_id uuid, metadata jsonb, priority int, chunker text, embed_model text,
          embed_version text, traceparent text, secret text, force boolean, request_id uuid,
          place int, quota_bytes bigint, age_ms bigint
        )
      ), known AS (
        SELECT w.*, taken.job_id AS taken, same.job_id AS same,
          w.parent_document_id IS NOT NULL AND parent.document_id IS NULL AS orphan
        FROM wanted w
        LEFT JOIN LATERAL (
          SELECT j.job_id FROM (SELECT * FROM upload_jobs WHERE document_id = w.document_id OFFSET 0) j
          WHERE j.user_id = w.user_id LIMIT 1
        ) taken ON true
        LEFT JOIN LATERAL (
          SELECT j.job_id FROM (SELECT * FROM documents WHERE NOT w.force AND raw_sha256 = w.raw_sha256 OFFSET 0) d
          JOIN LATERAL (SELECT * FROM upload_jobs WHERE document_id = d.document_id OFFSET 0) j ON j.user_id = d.user_id
          WHERE d.user_id = w.user_id AND j.status NOT LIKE 'failed%'
          ORDER BY j.created_at LIMIT 1
        ) same ON true
        -- A deletion of the parent holds the lock of the user's room as well: it has ended, or begins later.
        LEFT JOIN LATERAL (
          SELECT d.document_id FROM (SELECT * FROM documents WHERE document_id = w.parent_document_id OFFSET 0) d
          WHERE d.user_id = w.user_id
        ) parent ON true
      ), fitting AS (
        SELECT k.job_id, coalesce(u.stored_bytes + u.open_bytes, 0)
          + sum(k.bytes) OVER (PARTITION BY k.user_id ORDER BY k.place) <= k.quota_bytes AS fits,
          coalesce(now() - k.age_ms * interval '1 millisecond' < u.erased_at + ${
      Duration.toSeconds(authenticationLasts)
    } * interval '1 second', false) AS erased
        FROM known k LEFT JOIN storage_use u ON u.user_id = k.user_id
        WHERE k.taken IS NULL AND k.same IS NULL AND NOT k.orphan
      ), document AS (
        INSERT INTO documents (document_id, user_id, filename, media_type, bytes, raw_sha256, raw_path,
          parent_document_id, metadata, request_id)
        SELECT document_id, user_id, filename, media_type, bytes, raw_sha256, raw_path,
          parent_document_id, metadata, request_id
        FROM known JOIN fitting USING (job_id) WHERE fits AND NOT erased
        ON CONFLICT DO NOTHING
        RETURNING user_id, document_id
      ), job AS (
        INSERT INTO upload_jobs (job_id, user_id, document_id, status, raw_path, chunks_version, embed_model,
          embed_version, webhook_secret, correlation_id, priority, traceparent)
        SELECT job_id, user_id, document_id, 'uploaded', raw_path, chunker, embed_model, embed_version, secret,
          correlation_id, priority, traceparent
        FROM known JOIN document USING (user_id, document_id)
        RETURNING job_id
      )
      SELECT known.job_id AS asked, coalesce(taken, same, job.job_id) AS job_id,
        CASE WHEN taken IS NOT NULL THEN 'Conflict' WHEN same IS NOT NULL THEN 'Duplicate'
          WHEN orphan THEN 'ParentGone'
          WHEN erased THEN 'Erased' WHEN NOT fits THEN 'OverQuota'
          WHEN job.job_id IS NULL THEN 'Conflict' ELSE 'Accepted' END AS _tag
      FROM known LEFT JOIN job USING (job_id) LEFT JOIN fitting USING (job_id)`
    const fresh = answers.flatMap(({ _tag, job_id }) => _tag === "Accepted" ? [job_id] : [])
    const rows = yield* sql`
      WITH fresh AS (
        SELECT job_id, fence, progress, NULL AS from_status, ARRAY[status] AS path, 'moved' AS type, NULL AS code,
          NULL AS message, 'api' AS actor
        FROM unnest(${fresh}::uuid[]) AS fresh_id
        JOIN LATERAL (SELECT * FROM upload_jobs WHERE job_id = fresh_id OFFSET 0) j ON true
      ), ${sql.literal(eventsOf("fresh"))}, ${sql.literal(toldOf("fresh"))}, woken AS (
        SELECT pg_notify(${workChannel}, ${jobsPayload}) FROM fresh LIMIT 1
      )
      SELECT ${sql.literal(jobColumns)} FROM unnest(${
      answers.flatMap(({ job_id }) => job_id ?? [])
    }::uuid[]) AS answered_id
      JOIN LATERAL (SELECT * FROM upload_jobs WHERE job_id = answered_id OFFSET 0) j ON true ${
      sql.literal(joinDocument)
    }
      LEFT JOIN told ON true LEFT JOIN woken ON true`
    return { answers, rows }
  }).pipe(asUsers(sql, [...new Set(jobs.map(({ document }) => document.userId))]))

const wire = (jobs: ReadonlyArray<NewJob>, now: number): string =>
  JSON.stringify(jobs.map(({ document, jobId, secret }, place) => ({
    place,
    quota_bytes: document.quotaBytes,
    age_ms: document.sentAt === undefined ? null : now - document.sentAt,
    job_id: jobId,
    document_id: document.documentId,
    user_id: document.userId,
    correlation_id: document.correlationId,
    filename: document.filename,
    media_type: document.mediaType,
    bytes: document.bytes,
    raw_sha256: document.sha256,
    raw_path: document.rawPath,
    parent_document_id: document.parentDocumentId,
    metadata: document.metadata,
    priority: document.priority,
    chunker: document.chunker,
    embed_model: document.model.model,
    embed_version: document.model.version,
    traceparent: document.traceparent,
    secret,
    force: document.force,
    request_id: document.requestId
  })))
