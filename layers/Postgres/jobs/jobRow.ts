/** A job's columns; a row of them decodes as the job itself. */
import { ClaimedJob, Job } from "../../../src/domain/Job.ts"
import { decodeRows, rowsOf } from "../connection/rows.ts"

/** Of a `traceparent` whose last bit says that the trace is recorded. */
const traceId =
  "CASE WHEN j.traceparent ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f][13579bdf]$' THEN substr(j.traceparent, 4, 32) END"

/** Columns of `upload_jobs j` and `documents d`. */
export const jobColumns = `
  j.job_id, j.user_id, j.document_id, d.parent_document_id, j.correlation_id, ${traceId} AS trace_id,
  d.filename, d.media_type, d.bytes::float8 AS bytes, d.raw_sha256,
  j.status, j.raw_path, j.parsed_path, j.parsed_sha256, j.parse_report, j.embedding_plan, j.chunks_version, j.embed_model,
  j.embed_version, j.progress, j.priority, j.retry_count, j.crash_count, j.last_error, j.tokens_paid::float8 AS tokens_paid,
  j.cost_usd, j.vectors_reused, j.provider_job_id, j.run_at, j.lease_until, j.processing_started_at,
  j.processing_completed_at, j.created_at, j.updated_at`

/**
 * The document of `j`, by an id of its own and not by its user: planned before the tables have statistics, a join by both reads all
 * documents of the user. OFFSET 0 keeps the planner from joining it by both after all.
 */
export const joinDocument =
  "JOIN LATERAL (SELECT * FROM documents WHERE document_id = j.document_id OFFSET 0) d ON d.user_id = j.user_id"

export const claimColumns = `${jobColumns}, j.fence, j.traceparent, j.webhook_secret, j.parse_attempts,
  extract(epoch FROM j.poll_deadline - now())::float8 * 1000 AS poll_left_ms`

export const decodeJobs = decodeRows(Job)
export const readJobs = rowsOf(Job)
export const readClaims = rowsOf(ClaimedJob)
