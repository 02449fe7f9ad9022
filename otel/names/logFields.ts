/** Every field of a log line, with its meaning. A line has the fields that apply to it. */
import { Effect } from "effect"
import type { JobIds } from "./JobIds.ts"

export const logFields = {
  time: "When the line was written: ISO 8601, UTC, milliseconds.",
  level: "TRACE, DEBUG, INFO, WARN, ERROR or FATAL.",
  service: "The process: accessa-api, accessa-worker, accessa-monitor, or OTEL_SERVICE_NAME.",
  message: "What happened, in one sentence.",
  correlation_id: "The id of the request that brought the document, on every line about it in every process.",
  trace_id: "The trace in which it happened, if traces are on.",
  span_id: "The span in which it happened.",
  job_id: "The job.",
  document_id: "The document.",
  user_id: "The user for whom the work is done.",
  stage: "The stage of the job: parse, text or vectors.",
  attempt: "Which attempt at the stage or delivery this is, from 1.",
  from_status: "The job's status before a transition.",
  to_status: "The job's status after a transition.",
  duration_seconds:
    "How long the worker took for a transition: since it claimed the job, or wrote the previous transition.",
  chunks: "How many chunks the document has.",
  route: "Method and path of a request, without ids.",
  status: "The status code of the answer to a request.",
  ms: "Milliseconds a request took.",
  client_address: "The address a request came from.",
  delivery_id: "The webhook delivery.",
  alert_id: "The alert that the log sink delivers.",
  alert_rule: "The alert's rule.",
  alert_state: "firing, acknowledged or resolved.",
  alert_level: "Who is notified: team, lead or manager.",
  alert_labels: "What the alert is about, as JSON.",
  runbook: "The address of the runbook.",
  error_code: "The code of the error; see docs/errors.md.",
  error_class: "transient, permanent or recoverable.",
  error_message: "What went wrong, in one sentence.",
  cause: "The stack of an unexpected error. It is only in the process's own output and log file."
} as const

type LogField = keyof typeof logFields

type Fields = { readonly [N in LogField]?: string | number | undefined }

/** Adds fields to all lines that an effect logs. */
export const withLogFields = (fields: Fields) => Effect.annotateLogs(fields)

/** What every line about a job says. */
export const jobFields = ({ correlationId, documentId, jobId, userId }: JobIds): Fields => ({
  correlation_id: correlationId,
  job_id: jobId,
  document_id: documentId,
  user_id: userId
})
