/** Deletes a document, with everything attached to it and all the database has of them; records what must be erased elsewhere. */
import { Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import type { DocumentId, UserId } from "../../../src/domain/Ids.ts"
import type { By } from "../../../src/domain/Principal.ts"
import { goneAnswer } from "../../../src/policy/idempotency.ts"
import { asUsers } from "../connection/asUser.ts"
import { inTransaction } from "../connection/inTransaction.ts"
import { toldOf } from "../connection/tell.ts"
import { lockRoom } from "./storageRoom.ts"

/**
 * Its jobs are locked by a separate statement: a concurrent writer has either committed before the next statement reads, or
 * finds them gone. Their watchers are told, so that event streams end. Returns the paths that no row names any more.
 *
 * A file that is attached meanwhile is locked after the room, and its own deletion locks it before: if both are deleted at once, Postgres
 * may abort one of the two, which then begins again.
 */
export const removeDocument = (sql: SqlClient.SqlClient, user: UserId, document: DocumentId, by: By) =>
  Effect.gen(function*() {
    // Chunks first: uploads of this user, and those of others that are accepted with them, wait for the lock that follows.
    const found = yield* treeOf(sql, user, document)
    if ((yield* lockJobs(sql, user, found)) === 0) return []
    // The session's limit would undo the deletion of a large document each time: half a millisecond for each vector.
    yield* sql`SET LOCAL statement_timeout = '1h'`
    yield* sql`DELETE FROM document_chunk_buffer WHERE document_id = ANY(${found}::uuid[]) AND user_id = ${user}`
    // Until the end, no file becomes a document of this user, so that nothing more is attached than was until now.
    yield* lockRoom(sql, user)
    const documents = yield* treeOf(sql, user, document)
    yield* lockJobs(sql, user, documents)
    // Users cannot read the rows that these two write.
    yield* sql`
      INSERT INTO erasures (job_id, user_id, document_id, raw_path, parsed_path, fence, provider_job_id)
      SELECT job_id, user_id, document_id, raw_path, parsed_path, fence, provider_job_id FROM upload_jobs
      WHERE document_id = ANY(${documents}::uuid[]) AND user_id = ${user}`
    yield* sql`
      UPDATE idempotency_keys SET status = ${goneAnswer}, headers = '{}', body = ''
      WHERE document_id = ANY(${documents}::uuid[]) AND user_id = ${user}`
    return yield* removeRows(sql, user, documents, by)
  }).pipe(inTransaction(sql), Effect.retry({ while: isDeadlock, times: 3 }))

const isDeadlock = ({ reason }: SqlError.SqlError): boolean => reason._tag === "DeadlockError"

/** How many there are. */
const lockJobs = (sql: SqlClient.SqlClient, user: UserId, documents: ReadonlyArray<DocumentId>) =>
  Effect.map(
    sql`
      SELECT job_id FROM upload_jobs WHERE document_id = ANY(${documents}::uuid[]) AND user_id = ${user}
      ORDER BY job_id FOR UPDATE`,
    (jobs) => jobs.length
  )

/** The document and all that is attached to it. */
const treeOf = (sql: SqlClient.SqlClient, user: UserId, document: DocumentId) =>
  sql<{ readonly document_id: DocumentId }>`
    WITH RECURSIVE tree AS (
      SELECT ${document}::uuid AS document_id
      UNION
      SELECT d.document_id FROM tree JOIN documents d ON d.user_id = ${user} AND d.parent_document_id = tree.document_id
    )
    SELECT document_id FROM tree`.pipe(Effect.map((rows) => rows.map(({ document_id }) => document_id)))

interface Removed {
  readonly document_id: DocumentId
  readonly raw_path: string
  readonly parsed_path: string | null
  readonly before: string
}

const removeRows = (sql: SqlClient.SqlClient, user: UserId, documents: ReadonlyArray<DocumentId>, by: By) =>
  sql<Removed>`
    WITH jobs AS (
      DELETE FROM upload_jobs WHERE document_id = ANY(${documents}::uuid[]) AND user_id = ${user}
      RETURNING job_id, document_id, raw_path, parsed_path, status
    ), ${sql.literal(toldOf("jobs"))}, history AS (
      DELETE FROM job_events WHERE job_id IN (SELECT job_id FROM jobs)
    ), callbacks AS (
      DELETE FROM webhook_receipts WHERE job_id IN (SELECT job_id FROM jobs)
    ), announced AS (
      UPDATE uploads SET filename = '', sha256 = NULL, metadata = '{}'
      WHERE document_id = ANY(${documents}::uuid[]) AND user_id = ${user}
    ), repeated AS (
      -- The same bytes, sent again under another name.
      UPDATE uploads SET filename = '', sha256 = NULL, metadata = '{}'
      WHERE job_id IN (SELECT job_id FROM jobs) AND document_id <> ALL(${documents}::uuid[])
    ), gone AS (
      DELETE FROM documents WHERE document_id = ANY(${documents}::uuid[]) AND user_id = ${user}
      RETURNING document_id, bytes, raw_sha256
    )
    SELECT document_id, raw_path, parsed_path, jsonb_build_object('bytes', gone.bytes, 'sha256', gone.raw_sha256,
      'status', (SELECT min(status) FROM jobs j WHERE j.document_id = gone.document_id))::text AS before
    FROM jobs JOIN gone USING (document_id), told`.pipe(
    // Last, after the chunks: all other audit entries wait for its lock.
    Effect.tap((rows) =>
      Effect.forEach(new Map(rows.map((row) => [row.document_id, row.before])), ([document, before]) =>
        sql`
          SELECT accessa_audit(${by.actor}, ${by.role}, ${user}::uuid, 'document.delete', 'document', ${document}::text,
            ${by.reason}, ${before}::jsonb, NULL, ${by.correlationId}::uuid)`, { discard: true })
    ),
    asUsers(sql, [user]),
    Effect.map((rows) => rows.flatMap((row) => [row.raw_path, ...(row.parsed_path === null ? [] : [row.parsed_path])]))
  )
