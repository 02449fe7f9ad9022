/** A job and its history as the API shows them: the domain's values, with ISO dates and links. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { ErrorCode } from "../domain/ErrorCode.ts"
import { Explanation } from "../domain/explain.ts"
import { DocumentId, JobId } from "../domain/Ids.ts"
import { Job, JobEvent } from "../domain/Job.ts"
import { JobCalls } from "../domain/JobCall.ts"
import { JobStatus } from "../domain/JobStatus.ts"
import { Receipt } from "../domain/Receipt.ts"
import { snakeKeys } from "../domain/snakeKeys.ts"
import { ConcurrencyLimit, OnBehalf, RequiredRole } from "./annotations.ts"
import { cursor, limit } from "./fields.ts"
import { Idempotency } from "./Idempotency.ts"
import { JobLogs, LogLevel } from "./logs.ts"
import { PlainText } from "./PlainText.ts"
import { Conflict, NotFound } from "./Problem.ts"

/** Paths relative to the API's address. */
const JobLinks = Schema.Struct({
  self: Schema.String,
  events: Schema.String,
  explain: Schema.String,
  receipt: Schema.String,
  logs: Schema.String,
  cancel: Schema.String,
  retry: Schema.String,
  document: Schema.String,
  chunks: Schema.String
})
type JobLinks = typeof JobLinks.Type

export const JobView = snakeKeys({
  ...Job.to.fields,
  /** What of the document is missing in its text, one sentence each; a job with warnings is not simply complete. */
  warnings: Schema.Array(Schema.String),
  /** The code of `last_error`. */
  errorCode: Schema.NullOr(ErrorCode),
  /** Where the trace can be looked at: null without TRACE_URL_TEMPLATE, or if the trace is not recorded. */
  traceUrl: Schema.NullOr(Schema.String),
  links: JobLinks
})
export type JobView = typeof JobView.Type

/** Answers an upload; `duplicate` says that the same bytes were known. */
export const AcceptedView = snakeKeys({ ...JobView.to.fields, duplicate: Schema.Boolean })

/** The job of an accepted document. */
export const Accepted = snakeKeys({ ...JobView.to.fields, duplicate: Schema.Literal(false) }).pipe(
  HttpApiSchema.status(202)
)
/** The existing job for the same bytes. */
export const Duplicate = snakeKeys({ ...JobView.to.fields, duplicate: Schema.Literal(true) }).pipe(
  HttpApiSchema.status(200)
)

/** One line of the event stream: its id is the event's number, its event the type, its data the event as JSON. */
export const JobEventLine = Schema.Struct({
  id: Schema.String,
  event: Schema.String,
  data: Schema.fromJsonString(Schema.toCodecJson(JobEvent))
})

/**
 * Newest first; `next_cursor` is null only on the last page. A filter scans a few thousand jobs per page, so a page with
 * fewer than `limit` jobs, or none, may still have a cursor.
 */
export const JobPage = snakeKeys({
  jobs: Schema.Array(JobView),
  nextCursor: Schema.NullOr(Schema.String)
})
export type JobPage = typeof JobPage.Type

/** On each of these routes an operator may act for another user with the query `user_id` and the header `X-Reason`. */
const job = { job_id: JobId }

export class JobsGroup
  extends HttpApiGroup.make("jobs").annotate(OpenApi.Description, "Jobs: a document's progress through the pipeline.")
    .add(
      HttpApiEndpoint.get("list", "/", {
        query: {
          /** May be repeated. */
          status: Schema.optionalKey(Schema.Array(JobStatus)),
          document_id: Schema.optionalKey(DocumentId),
          error_code: Schema.optionalKey(ErrorCode),
          filename: Schema.optionalKey(
            PlainText.annotate({ description: "Part of the file name, case-insensitive." })
          ),
          cursor,
          limit
        },
        success: JobPage
      }).annotate(OpenApi.Summary, "Your jobs, newest first").annotate(
        OpenApi.Description,
        "A page of the jobs, filtered by status, document or file name. A filtered page may be short or empty and still have a "
          + "`next_cursor`, which is null only on the last page."
      ).annotate(RequiredRole, "viewer").annotate(
        ConcurrencyLimit,
        "list"
      ),
      HttpApiEndpoint.get("get", "/:job_id", {
        params: job,
        query: {
          /** Wait until the job has ended, but at most this many seconds. */
          wait: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 60 })))
        },
        success: JobView,
        error: NotFound
      }).annotate(OpenApi.Summary, "A job, at once or when it has ended").annotate(
        OpenApi.Description,
        "How far a job is, what failed, and what it has cost. With `wait`, the answer comes once the job has ended, or after that many seconds."
      ).annotate(RequiredRole, "viewer").annotate(
        ConcurrencyLimit,
        "wait"
      ),
      HttpApiEndpoint.get("events", "/:job_id/events", {
        params: job,
        headers: {
          /** The number of the last event received; the stream continues after it. */
          "last-event-id": Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)))
        },
        success: HttpApiSchema.StreamSse({ events: JobEventLine }),
        error: NotFound
      }).annotate(OpenApi.Summary, "A job's events as they happen").annotate(
        OpenApi.Description,
        "Server-sent events: all so far, then each new one until the job ends. A stream ends after five minutes as well: "
          + "continue with `Last-Event-ID` unless the last `to_status` is final. A retried job also has an earlier failure in its "
          + "history. A stream whose key was revoked or has expired ends within seconds."
      ).annotate(RequiredRole, "viewer").annotate(
        ConcurrencyLimit,
        "stream"
      ),
      HttpApiEndpoint.get("explain", "/:job_id/explain", { params: job, success: Explanation, error: NotFound })
        .annotate(OpenApi.Summary, "What a job is waiting for, in a sentence").annotate(
          OpenApi.Description,
          "Also says whether the job continues without help, and what to do if it does not."
        ).annotate(
          RequiredRole,
          "viewer"
        ),
      HttpApiEndpoint.get("receipt", "/:job_id/receipt", { params: job, success: Receipt, error: NotFound }).annotate(
        OpenApi.Summary,
        "The proof that a document is complete"
      ).annotate(
        OpenApi.Description,
        "What was expected and what is stored: chunks, vectors, model, dimensions and hashes."
      ).annotate(
        RequiredRole,
        "viewer"
      ),
      HttpApiEndpoint.get("calls", "/:job_id/calls", { params: job, success: JobCalls, error: NotFound }).annotate(
        OpenApi.Summary,
        "A job's calls to the providers"
      ).annotate(
        OpenApi.Description,
        "Each call to the parser and the embedder with its outcome, tokens and price, and the callbacks received."
      ).annotate(
        RequiredRole,
        "viewer"
      ),
      HttpApiEndpoint.get("logs", "/:job_id/logs", {
        params: job,
        query: {
          /** Lines of this level and above. */
          level: Schema.optionalKey(LogLevel),
          limit
        },
        success: JobLogs,
        error: NotFound
      }).annotate(OpenApi.Summary, "A job's log lines").annotate(
        OpenApi.Description,
        "What the processes have logged about the job, from the log files that the API can read."
      ).annotate(RequiredRole, "viewer").annotate(
        ConcurrencyLimit,
        "list"
      ),
      HttpApiEndpoint.post("retry", "/:job_id/retry", { params: job, success: JobView, error: [NotFound, Conflict] })
        .annotate(OpenApi.Summary, "Retry a failed job").annotate(
          OpenApi.Description,
          "Resumes the job where it stopped: what has been paid for is kept."
        )
        .annotate(RequiredRole, "user"),
      HttpApiEndpoint.post("cancel", "/:job_id/cancel", { params: job, success: JobView, error: [NotFound, Conflict] })
        .annotate(OpenApi.Summary, "Cancel a job").annotate(
          OpenApi.Description,
          "Ends an unfinished job. What has been paid for is kept, and a retry resumes from there."
        )
        .annotate(RequiredRole, "user")
    ).annotateEndpoints(OnBehalf, true).middleware(Idempotency).prefix("/api/v1/jobs")
{}
