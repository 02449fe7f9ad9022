/** Deletes a document, with everything attached to it and all the database has of them; records what must be erased elsewhere. */
import { Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import type { DocumentId, JobId, UserId } from "../../../src/domain/Ids.ts"
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
    if ((yield* lockJobs(sql, user, found)).length === 0) return []
    // The session's limit would undo the deletion of a large document each time: half a millisecond for each vector.
    yield* sql`SET LOCAL statement_timeout = '1h'`
    yield* sql`DELETE FROM document_chunk_buffer WHERE document_id = ANY(${found}::uuid[]) AND user_id = ${user}`
    // Until the end, no file becomes a document of this user, so that nothing more is attached than was until now.
    yield* lockRoom(sql, user)
    const documents = yield* treeOf(sql, user, document)
    const jobs = yield* lockJobs(sql, user, documents)
    // Users cannot read the rows that these two write.
    yield* sql`
      INSERT INTO erasures (job_id, user_id, document_id, raw_path, parsed_path, fence, provider_job_id)
      SELECT job_id, user_id, document_id, raw_path, parsed_path, fence, provider_job_id FROM upload_jobs
      WHERE job_id = ANY(${jobs}::uuid[])`
    yield* sql`
      UPDATE idempotency_keys SET status = ${goneAnswer}, headers = '{}', body = ''
      WHERE document_id = ANY(${documents}::uuid[]) AND user_id = ${user}`
    // Under the users' policies, Postgres would read all jobs of the user to find whose these are.
    yield* sql`DELETE FROM job_events WHERE job_id = ANY(${jobs}::uuid[])`
    yield* sql`DELETE FROM webhook_receipts WHERE job_id = ANY(${jobs}::uuid[])`
    return yield* Effect.gen(function*() {
      // Attached files first: they would go with their mail, without being returned.
      const removed = yield* Effect.forEach(documents.toReversed(), (each) => removeRows(sql, each))
      // Last, after the chunks: all other audit entries wait for its lock.
      for (const [row] of removed.toReversed()) {
        if (row !== undefined) yield* audit(sql, user, by, row)
      }
      return removed.flat().flatMap(({ parsed_path, raw_path }) =>
        parsed_path === null ? [raw_path] : [raw_path, parsed_path]
      )
    }).pipe(asUsers(sql, [user]))
  }).pipe(inTransaction(sql), Effect.retry({ while: isDeadlock, times: 3 }))

const isDeadlock = ({ reason }: SqlError.SqlError): boolean => reason._tag === "DeadlockError"

/** Looked up by one column and OFFSET 0, as in `joinDocument`: by their user too, the planner would read all jobs of the user. */
const lockJobs = (sql: SqlClient.SqlClient, user: UserId, documents: ReadonlyArray<DocumentId>) =>
  sql<{ readonly job_id: JobId }>`
    SELECT job_id FROM upload_jobs WHERE job_id = ANY(ARRAY(
      SELECT j.job_id FROM unnest(${documents}::uuid[]) AS of_id
      JOIN LATERAL (SELECT * FROM upload_jobs WHERE document_id = of_id OFFSET 0) j ON j.user_id = ${user}
    ))
    ORDER BY job_id FOR UPDATE`.pipe(Effect.map((jobs) => jobs.map(({ job_id }) => job_id)))

/** The document and all that is attached to it, each after what it is attached to. */
const treeOf = (sql: SqlClient.SqlClient, user: UserId, document: DocumentId) =>
  sql<{ readonly document_id: DocumentId }>`
    WITH RECURSIVE tree AS (
      SELECT ${document}::uuid AS document_id, 0 AS depth
      UNION
      SELECT d.document_id, depth + 1 FROM tree JOIN documents d ON d.user_id = ${user} AND d.parent_document_id = tree.document_id
    )
    SELECT document_id FROM tree ORDER BY depth`.pipe(Effect.map((rows) => rows.map(({ document_id }) => document_id)))

interface Removed {
  readonly document_id: DocumentId
  readonly raw_path: string
  readonly parsed_path: string | null
  readonly before: string
}

/** One document's: only the policies limit them to the user; by a condition on it, the planner would read all rows of the user. */
const removeRows = (sql: SqlClient.SqlClient, document: DocumentId) =>
  sql<Removed>`
    WITH jobs AS (
      DELETE FROM upload_jobs WHERE document_id = ${document} RETURNING job_id, document_id, raw_path, parsed_path, status
    ), ${sql.literal(toldOf("jobs"))}, announced AS (
      UPDATE uploads SET filename = '', sha256 = NULL, metadata = '{}' WHERE document_id = ${document}
    ), repeated AS (
      -- The same bytes, sent again under another name.
      UPDATE uploads SET filename = '', sha256 = NULL, metadata = '{}'
      WHERE job_id IN (SELECT job_id FROM jobs) AND document_id <> ${document}
    ), gone AS (
      DELETE FROM documents WHERE document_id = ${document} RETURNING document_id, bytes, raw_sha256
    )
    SELECT document_id, raw_path, parsed_path, jsonb_build_object('bytes', gone.bytes, 'sha256', gone.raw_sha256,
      'status', (SELECT min(status) FROM jobs))::text AS before
    FROM jobs JOIN gone USING (document_id), told`

const audit = (sql: SqlClient.SqlClient, user: UserId, by: By, { before, document_id }: Removed) =>
  sql`
    SELECT accessa_audit(${by.actor}, ${by.role}, ${user}::uuid, 'document.delete', 'document', ${document_id}::text,
      ${by.reason}, ${before}::jsonb, NULL, ${by.correlationId}::uuid)`
