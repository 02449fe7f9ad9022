/** Documents on Postgres. */
import { Effect, Layer, Option, Schema } from "effect"
import { SqlClient, type Statement } from "effect/sql"
import type { SqlError } from "effect/sql/SqlError"
import { Documents, type NewDocument } from "../../services/Documents.ts"
import { Ids } from "../../services/Ids.ts"
import type { DocumentId, UserId } from "../../src/domain/Ids.ts"
import type { StageError } from "../../src/domain/StageError.ts"
import { changesChannel, workChannel } from "../Database/channels.ts"
import { decodeJobs, jobColumns } from "../Database/jobRow.ts"
import { rowError } from "../Database/rowError.ts"
import { toStageError } from "../Database/sqlErrors.ts"

export const DocumentsSql = Layer.effect(
  Documents,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const ids = yield* Ids
    const failing = Effect.mapError<SqlError, StageError>(toStageError)

    const firstJob = Effect.fnUntraced(function*(condition: Statement.Fragment) {
      const rows = yield* failing(sql`
        SELECT ${sql.literal(jobColumns)} FROM upload_jobs j JOIN documents d USING (document_id)
        WHERE ${condition} ORDER BY j.created_at LIMIT 1`)
      return (yield* decodeJobs(rows))[0]
    })

    const accept = Effect.fnUntraced(function*(document: NewDocument) {
      // Two uploads of the same bytes, or under the same id, wait for each other here: the second one finds the first one's job.
      yield* failing(sql`
        SELECT pg_advisory_xact_lock(hashtextextended(${document.userId + document.sha256}, 0)),
          pg_advisory_xact_lock(hashtextextended(${document.documentId}, 0))`)
      const taken = yield* firstJob(sql`d.document_id = ${document.documentId}`)
      if (taken !== undefined) return { outcome: "conflict" as const, job: taken }
      if (!document.force) {
        const same = yield* firstJob(
          sql`d.user_id = ${document.userId} AND d.raw_sha256 = ${document.sha256} AND j.status NOT LIKE 'failed%'`
        )
        if (same !== undefined) return { outcome: "duplicate" as const, job: same }
      }
      yield* failing(insertDocument(sql, document, yield* ids.uuid, yield* ids.secret))
      const job = yield* firstJob(sql`d.document_id = ${document.documentId}`)
      return job === undefined
        ? yield* Effect.die(new Error("the job that was just inserted is not there"))
        : { outcome: "accepted" as const, job }
    })

    const find = Effect.fn("Documents.find")(function*(user: UserId, document: DocumentId) {
      const [row] = yield* failing(
        sql`SELECT metadata, created_at FROM documents WHERE document_id = ${document} AND user_id = ${user}`
      ).pipe(Effect.flatMap((rows) => Effect.mapError(decodeDocuments(rows), rowError)))
      const job = yield* firstJob(sql`j.document_id = ${document} AND j.user_id = ${user}`)
      if (row === undefined || job === undefined) return Option.none()
      return Option.some({
        documentId: job.document_id,
        filename: job.filename,
        mediaType: job.media_type,
        bytes: job.bytes,
        sha256: job.raw_sha256,
        rawPath: job.raw_path,
        parsedPath: job.parsed_path,
        metadata: row.metadata,
        createdAt: row.created_at,
        job
      })
    })

    return Documents.of({
      accept: Effect.fn("Documents.accept")((document: NewDocument) =>
        sql.withTransaction(accept(document)).pipe(
          Effect.mapError((error) => error._tag === "SqlError" ? toStageError(error) : error)
        )
      ),
      find,
      sameText: Effect.fn("Documents.sameText")(function*(job) {
        const [row] = yield* failing(sql<{ readonly document_id: DocumentId }>`
          SELECT document_id FROM upload_jobs
          WHERE parsed_sha256 = ${job.parsed_sha256} AND user_id = ${job.user_id} AND document_id <> ${job.document_id}
            AND status = 'complete'
          ORDER BY created_at LIMIT 1`)
        return row?.document_id ?? null
      }),
      remove: Effect.fn("Documents.remove")(function*(user, document) {
        const rows = yield* failing(sql<{ readonly raw_path: string; readonly parsed_path: string | null }>`
          WITH jobs AS (
            DELETE FROM upload_jobs WHERE document_id = ${document} AND user_id = ${user}
            RETURNING job_id, raw_path, parsed_path
          ), history AS (
            DELETE FROM job_events WHERE job_id IN (SELECT job_id FROM jobs)
          ), callbacks AS (
            DELETE FROM webhook_receipts WHERE job_id IN (SELECT job_id FROM jobs)
          ), gone AS (
            DELETE FROM documents WHERE document_id = ${document} AND user_id = ${user}
          )
          SELECT raw_path, parsed_path FROM jobs`)
        if (rows.length === 0) return Option.none()
        const paths = rows.flatMap((row) => [row.raw_path, ...(row.parsed_path === null ? [] : [row.parsed_path])])
        return Option.some([...new Set(paths)])
      })
    })
  })
)

const insertDocument = (sql: SqlClient.SqlClient, document: NewDocument, jobId: string, secret: string) =>
  sql`
    WITH document AS (
      INSERT INTO documents (document_id, user_id, filename, media_type, bytes, raw_sha256, raw_path, metadata)
      VALUES (${document.documentId}, ${document.userId}, ${document.filename}, ${document.mediaType},
        ${document.bytes}, ${document.sha256}, ${document.rawPath}, ${JSON.stringify(document.metadata)}::jsonb)
    ), job AS (
      INSERT INTO upload_jobs (job_id, user_id, document_id, status, raw_path, chunks_version, embed_model,
        embed_version, webhook_secret, correlation_id, priority, traceparent)
      VALUES (${jobId}, ${document.userId}, ${document.documentId}, 'uploaded', ${document.rawPath},
        ${document.chunker}, ${document.model.model}, ${document.model.version}, ${secret}, ${document.correlationId},
        ${document.priority}, ${document.traceparent})
      RETURNING job_id, fence, progress
    ), logged AS (
      INSERT INTO job_events (job_id, type, to_status, actor, fence, progress)
      SELECT job_id, 'moved', 'uploaded', 'api', fence, progress FROM job
    )
    SELECT pg_notify(${workChannel}, ''), pg_notify(${changesChannel}, job_id::text) FROM job`

const decodeDocuments = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({
  metadata: Schema.Record(Schema.String, Schema.String),
  created_at: Schema.DateTimeUtcFromDate
})))
