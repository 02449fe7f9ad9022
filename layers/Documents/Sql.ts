/** Documents on Postgres. */
import { Effect, Exit, Layer, Option, Schema } from "effect"
import { SqlClient, type Statement } from "effect/sql"
import type { SqlError } from "effect/sql/SqlError"
import { type Acceptance, Documents, type NewDocument } from "../../services/Documents.ts"
import { Ids } from "../../services/Ids.ts"
import type { DocumentId, JobId, UserId } from "../../src/domain/Ids.ts"
import type { Job } from "../../src/domain/Job.ts"
import type { StageError } from "../../src/domain/StageError.ts"
import { makeCoalescer } from "../coalesce.ts"
import { asUsers } from "../Database/asUser.ts"
import { decodeJobs, jobColumns } from "../Database/jobRow.ts"
import { rowError } from "../Database/rowError.ts"
import { toStageError } from "../Database/sqlErrors.ts"
import { acceptDocuments, identities } from "./acceptDocuments.ts"

export const DocumentsSql = Layer.effect(
  Documents,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const ids = yield* Ids
    const failing = Effect.mapError<SqlError, StageError>(toStageError)

    const acceptRound = Effect.fnUntraced(function*(documents: ReadonlyArray<NewDocument>) {
      const jobs = yield* Effect.forEach(
        documents,
        (document) => Effect.map(Effect.all([ids.uuid, ids.secret]), ([jobId, secret]) => ({ document, jobId, secret }))
      )
      const { answers, rows } = yield* failing(acceptDocuments(sql, jobs))
      const found = yield* decodeJobs(rows)
      return jobs.flatMap(({ document, jobId }): ReadonlyArray<{ document: NewDocument; acceptance: Acceptance }> => {
        const answer = answers.find(({ asked }) => asked === jobId)
        const job = found.find((each) => each.job_id === answer?.job_id)
        if (answer?.outcome === "conflict") return [{ document, acceptance: { outcome: answer.outcome, job } }]
        return answer === undefined || job === undefined
          ? []
          : [{ document, acceptance: { outcome: answer.outcome, job } }]
      })
    })

    /** Those that share an identity with an earlier one of the batch go in another round, and find it. */
    const acceptAll = Effect.fnUntraced(function*(documents: ReadonlyArray<NewDocument>) {
      const settled = new Map<NewDocument, Acceptance>()
      let waiting = documents
      while (waiting.length > 0) {
        const { later, now } = apart(waiting)
        for (const { acceptance, document } of yield* acceptRound(now)) settled.set(document, acceptance)
        waiting = later
      }
      return documents.map((document): Exit.Exit<Acceptance, StageError> => {
        const acceptance = settled.get(document)
        return acceptance === undefined
          ? Exit.die(new Error("the job that was just accepted is not there"))
          : Exit.succeed(acceptance)
      })
    })
    const accept = yield* makeCoalescer(acceptAll, { most: 32, lanes: 2 })

    const runSameText = (jobs: ReadonlyArray<Job>) =>
      failing(sql<{ readonly job_id: JobId; readonly document_id: DocumentId }>`
        SELECT w.job_id, same.document_id
        FROM unnest(${jobs.map((job) => job.job_id)}::uuid[], ${jobs.map((job) => job.document_id)}::uuid[],
          ${jobs.map((job) => job.user_id)}::uuid[], ${jobs.map((job) => job.parsed_sha256 ?? "")}::text[]
        ) AS w(job_id, document_id, user_id, sha)
        JOIN LATERAL (
          SELECT j.document_id FROM upload_jobs j
          WHERE j.parsed_sha256 = w.sha AND j.user_id = w.user_id AND j.document_id <> w.document_id
            AND j.status = 'complete'
          ORDER BY j.created_at LIMIT 1
        ) same ON true`).pipe(
        Effect.map((rows) => {
          const found = new Map(rows.map((row) => [row.job_id, row.document_id]))
          return jobs.map((job) => Exit.succeed(found.get(job.job_id) ?? null))
        })
      )
    const sameText = yield* makeCoalescer(runSameText, { most: 64, lanes: 1 })

    const findBy = Effect.fnUntraced(function*(user: UserId, condition: Statement.Fragment) {
      const rows = yield* sql`
        SELECT ${sql.literal(jobColumns)}, d.metadata, d.created_at AS uploaded_at
        FROM upload_jobs j JOIN documents d USING (document_id)
        WHERE ${condition} AND j.user_id = ${user} ORDER BY j.created_at LIMIT 1`.pipe(
        asUsers(sql, [user]),
        failing
      )
      const [job] = yield* decodeJobs(rows)
      const [row] = yield* Effect.mapError(decodeDocuments(rows), rowError)
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
        createdAt: row.uploaded_at,
        job
      })
    })

    return Documents.of({
      accept: Effect.fn("Documents.accept")(accept),
      find: Effect.fn("Documents.find")((user, document) => findBy(user, sql`j.document_id = ${document}`)),
      findByRequest: Effect.fn("Documents.findByRequest")((user, requestId) =>
        findBy(user, sql`d.user_id = ${user} AND d.request_id = ${requestId}`)
      ),
      sameText: Effect.fn("Documents.sameText")(sameText),
      remove: Effect.fn("Documents.remove")(function*(user, document, by) {
        const rows = yield* sql<
          { readonly raw_path: string; readonly parsed_path: string | null; readonly before: string }
        >`
          WITH jobs AS (
            DELETE FROM upload_jobs WHERE document_id = ${document} AND user_id = ${user}
            RETURNING job_id, raw_path, parsed_path, status
          ), history AS (
            DELETE FROM job_events WHERE job_id IN (SELECT job_id FROM jobs)
          ), callbacks AS (
            DELETE FROM webhook_receipts WHERE job_id IN (SELECT job_id FROM jobs)
          ), announced AS (
            UPDATE uploads SET filename = '', sha256 = NULL, metadata = '{}'
            WHERE document_id = ${document} AND user_id = ${user}
          ), gone AS (
            DELETE FROM documents WHERE document_id = ${document} AND user_id = ${user}
            RETURNING document_id, user_id, bytes, raw_sha256
          )
          SELECT raw_path, parsed_path, jsonb_build_object('bytes', gone.bytes, 'sha256', gone.raw_sha256,
            'status', (SELECT min(status) FROM jobs))::text AS before FROM jobs, gone`.pipe(
          // Last, when the chunks are gone too: everybody's entries wait for its lock.
          Effect.tap((rows) =>
            Effect.forEach(rows.slice(0, 1), ({ before }) =>
              sql`
                SELECT accessa_audit(${by.actor}, ${by.role}, ${user}::uuid, 'document.delete', 'document', ${document}::text,
                  ${by.reason}, ${before}::jsonb, NULL, ${by.correlationId}::uuid)`)
          ),
          asUsers(sql, [user]),
          failing
        )
        if (rows.length === 0) return Option.none()
        const paths = rows.flatMap((row) => [row.raw_path, ...(row.parsed_path === null ? [] : [row.parsed_path])])
        return Option.some([...new Set(paths)])
      })
    })
  })
)

const apart = (documents: ReadonlyArray<NewDocument>) => {
  const taken = new Set<string>()
  const now: Array<NewDocument> = []
  const later: Array<NewDocument> = []
  for (const document of documents) {
    const keys = identities(document)
    ;(keys.some((key) => taken.has(key)) ? later : now).push(document)
    for (const key of keys) taken.add(key)
  }
  return { now, later }
}

const decodeDocuments = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({
  metadata: Schema.Record(Schema.String, Schema.String),
  uploaded_at: Schema.DateTimeUtcFromDate
})))
