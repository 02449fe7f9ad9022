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

    const firstJob = Effect.fnUntraced(function*(condition: Statement.Fragment) {
      const rows = yield* failing(sql`
        SELECT ${sql.literal(jobColumns)} FROM upload_jobs j JOIN documents d USING (document_id)
        WHERE ${condition} ORDER BY j.created_at LIMIT 1`)
      return (yield* decodeJobs(rows))[0]
    })

    const acceptRound = Effect.fnUntraced(function*(documents: ReadonlyArray<NewDocument>) {
      const jobs = yield* Effect.forEach(
        documents,
        (document) => Effect.map(Effect.all([ids.uuid, ids.secret]), ([jobId, secret]) => ({ document, jobId, secret }))
      )
      const answers = yield* failing(acceptDocuments(sql, jobs))
      const rows = yield* failing(sql`
        SELECT ${sql.literal(jobColumns)} FROM upload_jobs j JOIN documents d USING (document_id)
        WHERE j.job_id = ANY(${answers.map((answer) => answer.job_id)}::uuid[])`)
      const found = yield* decodeJobs(rows)
      return jobs.flatMap(({ document, jobId }) => {
        const answer = answers.find(({ asked }) => asked === jobId)
        const job = found.find((each) => each.job_id === answer?.job_id)
        return answer === undefined || job === undefined ? [] : [{ document, outcome: answer.outcome, job }]
      })
    })

    /** Those that share an identity with an earlier one of the batch go in another round, and find it. */
    const acceptAll = Effect.fnUntraced(function*(documents: ReadonlyArray<NewDocument>) {
      const settled = new Map<NewDocument, Acceptance>()
      let waiting = documents
      while (waiting.length > 0) {
        const { later, now } = apart(waiting)
        for (const { document, job, outcome } of yield* acceptRound(now)) settled.set(document, { job, outcome })
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
      accept: Effect.fn("Documents.accept")(accept),
      find,
      sameText: Effect.fn("Documents.sameText")(sameText),
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
  created_at: Schema.DateTimeUtcFromDate
})))
