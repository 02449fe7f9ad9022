/** A job and its history as the API shows them: the domain's values, with ISO dates and links to what can be asked next. */
import { Schema } from "effect"
import { HttpApiSchema } from "effect/http-api"
import { ErrorCode } from "../domain/ErrorCode.ts"
import { Job, JobEvent } from "../domain/Job.ts"

/** Paths relative to the API's address. */
export const JobLinks = Schema.Struct({
  self: Schema.String,
  events: Schema.String,
  explain: Schema.String,
  receipt: Schema.String,
  cancel: Schema.String,
  retry: Schema.String,
  document: Schema.String,
  chunks: Schema.String
})
export type JobLinks = typeof JobLinks.Type

const date = Schema.DateTimeUtcFromString

export const JobView = Schema.Struct({
  ...Job.fields,
  run_at: Schema.NullOr(date),
  lease_until: Schema.NullOr(date),
  processing_started_at: Schema.NullOr(date),
  processing_completed_at: Schema.NullOr(date),
  created_at: date,
  updated_at: date,
  /** The code of `last_error`. */
  error_code: Schema.NullOr(ErrorCode),
  links: JobLinks
})
export type JobView = typeof JobView.Type

/** The job of a document that was taken in. */
export const Accepted = Schema.Struct({ ...JobView.fields, duplicate: Schema.Literal(false) }).pipe(
  HttpApiSchema.status(202)
)
/** The job that processed, or processes, the same bytes. */
export const Duplicate = Schema.Struct({ ...JobView.fields, duplicate: Schema.Literal(true) }).pipe(
  HttpApiSchema.status(200)
)

export const JobEventView = Schema.Struct({ ...JobEvent.fields, created_at: date })
export type JobEventView = typeof JobEventView.Type

/** One line of the event stream: its id is the event's number, its event the type, its data the event as JSON. */
export const JobEventLine = Schema.Struct({
  id: Schema.String,
  event: Schema.String,
  data: Schema.fromJsonString(JobEventView)
})

/**
 * Newest first; `next_cursor` is null on the last page alone. A filter looks through a few thousand jobs a page: a page that
 * holds fewer than `limit`, or none, is not the last one if it has a cursor.
 */
export const JobPage = Schema.Struct({
  jobs: Schema.Array(JobView),
  next_cursor: Schema.NullOr(Schema.String)
})
export type JobPage = typeof JobPage.Type
