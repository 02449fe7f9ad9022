/** Looks up jobs and documents by the first characters of their ids, as shown in tables, among the newest. */
import { Effect } from "effect"
import type { JobView } from "../../api/jobs.ts"
import { DocumentId, JobId } from "../../domain/Ids.ts"
import { failure } from "../CommandFailure.ts"
import { Client } from "./Client.ts"

const among = 200
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu
const beginning = /^[0-9a-f-]{4,35}$/iu

export const resolveJob = Effect.fn("cli.resolveJob")(function*(id: string) {
  return uuid.test(id) ? JobId.make(id) : (yield* resolve("job", id, (job) => [job.jobId], (job) => job.jobId)).jobId
})

export const resolveDocument = Effect.fn("cli.resolveDocument")(function*(id: string) {
  if (uuid.test(id)) return DocumentId.make(id)
  return (yield* resolve("document", id, (job) => [job.documentId], (job) => job.documentId)).documentId
})

/** The document itself, or that of a job. */
export const resolveDocumentOrJob = Effect.fn("cli.resolveDocumentOrJob")(function*(id: string) {
  if (uuid.test(id)) {
    const { api, failureOf } = yield* Client
    return yield* api.jobs.get({ params: { job_id: JobId.make(id) }, query: {} }).pipe(
      Effect.map((job) => job.documentId),
      Effect.catchTag("NotFound", () => Effect.succeed(DocumentId.make(id))),
      Effect.catch((error) => Effect.flatMap(failureOf(error), Effect.fail))
    )
  }
  const ids = (job: JobView) => [job.documentId, job.jobId]
  return (yield* resolve("document or job", id, ids, (job) => job.documentId)).documentId
})

const resolve = Effect.fn("cli.resolve")(function*(
  what: string,
  id: string,
  idsOf: (job: JobView) => ReadonlyArray<string>,
  subjectOf: (job: JobView) => string
) {
  if (!beginning.test(id)) {
    return yield* failure(
      "usage",
      "BAD_ID",
      `"${id}" is not a ${what} id.`,
      "Use the whole id, or at least its first four characters."
    )
  }
  const { call } = yield* Client
  const { jobs } = yield* call((api) => api.jobs.list({ query: { limit: among } }))
  const found = jobs.filter((job) => idsOf(job).some((each) => each.startsWith(id.toLowerCase())))
  const [first] = found
  if (first === undefined) {
    return yield* failure(
      "notFound",
      "NOT_FOUND",
      `None of the newest ${among} jobs has a ${what} id that begins with ${id}.`,
      "Use the whole id; `accessa jobs list --json` shows it."
    )
  }
  if (new Set(found.map(subjectOf)).size > 1) {
    return yield* failure(
      "usage",
      "AMBIGUOUS_ID",
      `More than one ${what} id begins with ${id}.`,
      "Use more characters."
    )
  }
  return first
})
