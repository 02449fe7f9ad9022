/** Uploads on Postgres, by the database's clock. */
import { Duration, Effect, Layer, Option, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { type Opening, Uploads } from "../../../services/Uploads.ts"
import { DocumentId, JobId, UserId } from "../../../src/domain/Ids.ts"
import { uploads } from "../../../src/policy/uploads.ts"
import { asUsers } from "../connection/asUser.ts"
import { rowsOf, run } from "../connection/rows.ts"
import { lockRoom } from "./storageRoom.ts"

export const UploadsSql = Layer.effect(
  Uploads,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const after = (time: Duration.Duration) => sql`now() + ${Duration.toSeconds(time)} * interval '1 second'`
    const own = (user: UserId, document: DocumentId) => sql`document_id = ${document} AND user_id = ${user}`

    const orphan = sql.literal(`NOT EXISTS (
          SELECT FROM documents d WHERE d.document_id = u.document_id AND d.user_id = u.user_id AND d.raw_path = u.path
        )`)

    return Uploads.of({
      open: Effect.fn("Uploads.open")(function*(upload) {
        const [row] = yield* lockRoom(sql, upload.userId).pipe(
          Effect.andThen(sql<Opening>`
            WITH used AS (
              SELECT CASE WHEN coalesce(sum(open_uploads), 0) >= ${upload.openAtMost} THEN 'TooMany'
                WHEN coalesce(sum(stored_bytes + open_bytes), 0) + ${upload.bytes}::bigint > ${upload.quotaBytes}::bigint
                THEN 'OverQuota' ELSE 'Opened' END AS _tag
              FROM storage_use WHERE user_id = ${upload.userId}
            ), opened AS (
              INSERT INTO uploads (document_id, user_id, filename, bytes, sha256, path, metadata, priority, force,
                complete_by, url_until, sweep_at)
              SELECT ${upload.documentId}::uuid, ${upload.userId}::uuid, ${upload.filename}, ${upload.bytes}::bigint,
                ${upload.sha256}, ${upload.path}, ${JSON.stringify(upload.metadata)}::jsonb, ${upload.priority}::int,
                ${upload.force}::boolean, ${after(uploads.completion)}, ${after(upload.urlLasts)}, ${
            after(uploads.sweep)
          }
              FROM used WHERE _tag = 'Opened'
            )
            SELECT _tag FROM used`),
          asUsers(sql, [upload.userId]),
          run
        )
        return row ?? { _tag: "Opened" }
      }),
      find: Effect.fn("Uploads.find")(function*(user, document) {
        const [row] = yield* sql`
          SELECT document_id AS "documentId", user_id AS "userId", filename, bytes::float8 AS bytes, sha256, path, metadata,
            priority, force, job_id AS "jobId", received_at IS NOT NULL AS received,
            CASE WHEN state = 'open' AND complete_by < now() THEN 'ended' ELSE state END AS state
          FROM uploads WHERE ${own(user, document)}`.pipe(asUsers(sql, [user]), readUploads)
        return Option.fromNullishOr(row)
      }),
      receive: Effect.fn("Uploads.receive")(function*(user, document, path) {
        const rows = yield* sql`
          UPDATE uploads SET path = ${path}, received_at = now()
          WHERE ${own(user, document)} AND state = 'open' AND received_at IS NULL AND complete_by >= now()
          RETURNING document_id`.pipe(asUsers(sql, [user]), run)
        return rows.length > 0
      }),
      confirm: Effect.fn("Uploads.confirm")(function*(user, document, path) {
        const rows = yield* sql`
          UPDATE uploads SET state = 'confirmed', sweep_at = greatest(sweep_at, ${after(uploads.acceptance)})
          WHERE ${own(user, document)} AND path = ${path}
            AND (state = 'confirmed' OR (state = 'open' AND complete_by >= now()))
          RETURNING document_id`.pipe(asUsers(sql, [user]), run)
        return rows.length > 0
      }),
      end: Effect.fn("Uploads.end")(function*(user, document) {
        const rows = yield* sql<{ readonly orphan: boolean }>`
          UPDATE uploads u SET state = 'ended' WHERE ${own(user, document)} AND state <> 'confirmed'
          RETURNING ${orphan} AS orphan`.pipe(
          asUsers(sql, [user]),
          run
        )
        return rows[0]?.orphan ?? false
      }),
      answer: Effect.fn("Uploads.answer")(function*(user, document, job) {
        yield* sql`
          UPDATE uploads SET job_id = ${job}, sweep_at = ${after(uploads.keep)}
          WHERE ${own(user, document)} AND state = 'confirmed'`.pipe(asUsers(sql, [user]), run)
      }),
      takeDue: sql`
        UPDATE uploads u SET state = CASE state WHEN 'open' THEN 'ended' ELSE state END,
          sweep_at = ${after(uploads.sweepInterval)}
        WHERE document_id IN (
          SELECT document_id FROM uploads WHERE sweep_at < now() ORDER BY sweep_at LIMIT 100 FOR UPDATE SKIP LOCKED
        )
        RETURNING document_id AS "documentId", path, ${orphan} AS orphan`.pipe(
        readDue,
        Effect.withSpan("Uploads.takeDue")
      ),
      forget: Effect.fn("Uploads.forget")(function*(documents) {
        yield* run(sql`
          WITH gone AS (
            DELETE FROM uploads WHERE document_id = ANY(${documents}::uuid[]) AND url_until < now()
          )
          UPDATE uploads SET sweep_at = url_until WHERE document_id = ANY(${documents}::uuid[]) AND url_until >= now()`)
      })
    })
  })
)

const readUploads = rowsOf(Schema.Struct({
  documentId: DocumentId,
  userId: UserId,
  filename: Schema.String,
  bytes: Schema.Int,
  sha256: Schema.NullOr(Schema.String),
  path: Schema.String,
  metadata: Schema.Record(Schema.String, Schema.String),
  priority: Schema.Int,
  force: Schema.Boolean,
  jobId: Schema.NullOr(JobId),
  received: Schema.Boolean,
  state: Schema.Literals(["open", "confirmed", "ended"])
}))

const readDue = rowsOf(Schema.Struct({
  documentId: DocumentId,
  path: Schema.String,
  orphan: Schema.Boolean
}))
