/** Documents on Postgres. */
import { Effect, Exit, Layer, Option, Schema } from "effect"
import { SqlClient, type Statement } from "effect/sql"
import { type Acceptance, Documents, type NewDocument } from "../../../services/Documents.ts"
import { Ids } from "../../../services/Ids.ts"
import { DocumentId, JobId, type UserId } from "../../../src/domain/Ids.ts"
import type { Job } from "../../../src/domain/Job.ts"
import { JobStatus } from "../../../src/domain/JobStatus.ts"
import type { ServiceError } from "../../../src/domain/ServiceError.ts"
import { snakeKeys } from "../../../src/domain/snakeKeys.ts"
import { inHalves, makeCoalescer } from "../../shared/coalesce.ts"
import { asUsers } from "../connection/asUser.ts"
import { decodeRows, run } from "../connection/rows.ts"
import { decodeJobs, jobColumns } from "../jobs/jobRow.ts"
import { acceptDocuments, identities } from "./acceptDocuments.ts"
import { removeDocument } from "./removeDocument.ts"

export const DocumentsSql = Layer.effect(
  Documents,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const ids = yield* Ids

    const acceptRound = Effect.fnUntraced(function*(documents: ReadonlyArray<NewDocument>) {
      const jobs = yield* Effect.forEach(
        documents,
        (document) => Effect.map(Effect.all([ids.uuid, ids.secret]), ([jobId, secret]) => ({ document, jobId, secret }))
      )
      const { answers, rows } = yield* run(acceptDocuments(sql, jobs))
      const found = yield* decodeJobs(rows)
      return jobs.map(({ jobId }): Exit.Exit<Acceptance, ServiceError> => {
        const answer = answers.find(({ asked }) => asked === jobId)
        const job = found.find((each) => each.jobId === answer?.job_id)
        if (answer?._tag === "OverQuota" || answer?._tag === "Erased" || answer?._tag === "ParentGone") {
          return Exit.succeed({ _tag: answer._tag })
        }
        if (answer?._tag === "Conflict") return Exit.succeed({ _tag: answer._tag, job: Option.fromUndefinedOr(job) })
        return answer === undefined || job === undefined
          ? Exit.die(new Error("the job that was just accepted is not there"))
          : Exit.succeed({ _tag: answer._tag, job })
      })
    })
    // A round is durable once it ends, so a failure in a later round must not repeat it.
    const acceptEach = inHalves(acceptRound)

    /** Documents that share an identity with an earlier one of the batch go into another round and find it there. */
    const acceptAll = Effect.fnUntraced(function*(documents: ReadonlyArray<NewDocument>) {
      const ends = new Map<NewDocument, Exit.Exit<Acceptance, ServiceError>>()
      let waiting = documents
      while (waiting.length > 0) {
        const { later, now } = apart(waiting)
        const round = yield* acceptEach(now)
        const { again, answered } = afterRefusals(
          now.map((document, index) => ({ document, end: round[index] ?? lost }))
        )
        for (const { document, end } of answered) ends.set(document, end)
        waiting = [...again, ...later]
      }
      return documents.map((document) => ends.get(document) ?? lost)
    })
    const accept = yield* makeCoalescer(acceptAll, { most: 32, lanes: 2 })

    const runSameText = (jobs: ReadonlyArray<Job>) =>
      run(sql<{ readonly job_id: JobId; readonly document_id: DocumentId }>`
        SELECT w.job_id, same.document_id
        FROM unnest(${jobs.map((job) => job.jobId)}::uuid[], ${jobs.map((job) => job.documentId)}::uuid[],
          ${jobs.map((job) => job.userId)}::uuid[], ${jobs.map((job) => job.parsedSha256 ?? "")}::text[]
        ) AS w(job_id, document_id, user_id, sha)
        JOIN LATERAL (
          SELECT j.document_id
          -- OFFSET 0 keeps the planner from reading all jobs of the user as well.
          FROM (SELECT * FROM upload_jobs WHERE parsed_sha256 = w.sha OFFSET 0) j
          WHERE j.user_id = w.user_id AND j.document_id <> w.document_id AND j.status = 'complete'
          ORDER BY j.created_at LIMIT 1
        ) same ON true`).pipe(
        Effect.map((rows) => {
          const found = new Map(rows.map((row) => [row.job_id, row.document_id]))
          return jobs.map((job) => Exit.succeed(Option.fromUndefinedOr(found.get(job.jobId))))
        })
      )
    const sameText = yield* makeCoalescer(runSameText, { most: 64, lanes: 1 })

    const findBy = Effect.fnUntraced(function*(user: UserId, condition: Statement.Fragment) {
      const rows = yield* sql`
        SELECT ${sql.literal(jobColumns)}, d.metadata, d.created_at AS uploaded_at, ${sql.literal(attachments)}
        FROM upload_jobs j JOIN documents d USING (user_id, document_id)
        WHERE ${condition} AND j.user_id = ${user} ORDER BY j.created_at LIMIT 1`.pipe(
        asUsers(sql, [user]),
        run
      )
      const [job] = yield* decodeJobs(rows)
      const [row] = yield* decodeDocuments(rows)
      if (row === undefined || job === undefined) return Option.none()
      return Option.some({
        documentId: job.documentId,
        filename: job.filename,
        mediaType: job.mediaType,
        bytes: job.bytes,
        sha256: job.rawSha256,
        rawPath: job.rawPath,
        parsedPath: job.parsedPath,
        metadata: row.metadata,
        createdAt: row.uploaded_at,
        attachments: row.attachments,
        job
      })
    })

    return Documents.of({
      accept: Effect.fn("Documents.accept")(accept),
      find: Effect.fn("Documents.find")((user, document) => findBy(user, sql`j.document_id = ${document}`)),
      findByRequest: Effect.fn("Documents.findByRequest")((user, requestId) =>
        findBy(user, sql`d.user_id = ${user} AND d.request_id = ${requestId}`)
      ),
      used: Effect.fn("Documents.used")(function*(user) {
        const rows = yield* sql<{ readonly bytes: number }>`
          SELECT (stored_bytes + open_bytes)::float8 AS bytes FROM storage_use WHERE user_id = ${user}`.pipe(
          asUsers(sql, [user]),
          run
        )
        return rows[0]?.bytes ?? 0
      }),
      sameText: Effect.fn("Documents.sameText")(sameText),
      remove: Effect.fn("Documents.remove")(function*(user, document, by) {
        const paths = yield* run(removeDocument(sql, user, document, by))
        return paths.length === 0 ? Option.none() : Option.some([...new Set(paths)])
      })
    })
  })
)

const lost = Exit.die(new Error("a document was neither accepted nor refused"))

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

/**
 * The quota is checked as if all earlier documents of the batch were kept. For each user the first refusal stands; later
 * refusals, and those after a conflict, are checked again without the refused ones.
 */
const afterRefusals = (
  answers: ReadonlyArray<{ readonly document: NewDocument; readonly end: Exit.Exit<Acceptance, ServiceError> }>
) => {
  const unsure = new Set<UserId>()
  const answered: Array<(typeof answers)[number]> = []
  const again: Array<NewDocument> = []
  for (const answer of answers) {
    const { document, end } = answer
    const tag = Exit.isSuccess(end) ? end.value._tag : undefined
    if (tag === "OverQuota" && unsure.has(document.userId)) again.push(document)
    else answered.push(answer)
    if (tag === "OverQuota" || tag === "Conflict") unsure.add(document.userId)
  }
  return { again, answered }
}

/** Of the document that `j` and `d` stand for. */
const attachments = `
  (SELECT coalesce(jsonb_agg(jsonb_build_object('document_id', a.document_id, 'job_id', w.job_id, 'filename', a.filename,
    'status', w.status) ORDER BY a.created_at, a.document_id), '[]')
  FROM documents a JOIN upload_jobs w USING (user_id, document_id)
  WHERE a.user_id = j.user_id AND a.parent_document_id = j.document_id) AS attachments`

const decodeDocuments = decodeRows(Schema.Struct({
  metadata: Schema.Record(Schema.String, Schema.String),
  uploaded_at: Schema.DateTimeUtcFromDate,
  attachments: Schema.Array(
    snakeKeys({ documentId: DocumentId, jobId: JobId, filename: Schema.String, status: JobStatus })
  )
}))
