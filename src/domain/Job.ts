/** One document's passage through the pipeline, as the tables store it and the API shows it. */
import { Schema } from "effect"
import { ChunkerId } from "./Chunk.ts"
import { ErrorClass, ErrorCode } from "./ErrorCode.ts"
import { CorrelationId, DocumentId, JobId, UserId } from "./Ids.ts"
import { JobStatus } from "./JobStatus.ts"

/** Counts for a progress bar; only the receipt proves them. */
export const Progress = Schema.Struct({
  chunks_total: Schema.Int,
  chunks_done: Schema.Int,
  embeds_total: Schema.Int,
  embeds_done: Schema.Int
})
export type Progress = typeof Progress.Type

/** The last error, kept until the next success. */
export const JobError = Schema.Struct({
  code: ErrorCode,
  class: ErrorClass,
  /** What is wrong, in one sentence. */
  message: Schema.String,
  help: Schema.String,
  /** What was kept in spite of the failure. */
  kept: Schema.String,
  at_status: JobStatus,
  request_id: Schema.optionalKey(Schema.String),
  /** Since when the job has been waiting for an unavailable service; the wait is limited. */
  since: Schema.optionalKey(Schema.DateTimeUtcFromString)
})
export type JobError = typeof JobError.Type

/** What validation found in the parsed text. */
export const ParseReport = Schema.Struct({
  characters: Schema.Int,
  pages: Schema.Int,
  /** An earlier document of the same user with the same text. */
  duplicate_of: Schema.NullOr(DocumentId)
})
export type ParseReport = typeof ParseReport.Type

/** What will be bought; written before any purchase. */
export const EmbeddingPlan = Schema.Struct({
  chunks: Schema.Int,
  /** Chunks that need no call because the user already has their vectors. */
  reused: Schema.Int,
  estimated_tokens: Schema.Int,
  estimated_cost_usd: Schema.Number
})
export type EmbeddingPlan = typeof EmbeddingPlan.Type

export const Job = Schema.Struct({
  job_id: JobId,
  user_id: UserId,
  document_id: DocumentId,
  correlation_id: CorrelationId,
  /** The uploader's name for it, cleaned for display. */
  filename: Schema.String,
  media_type: Schema.String,
  bytes: Schema.Int,
  raw_sha256: Schema.String,
  status: JobStatus,
  raw_path: Schema.String,
  parsed_path: Schema.NullOr(Schema.String),
  parsed_sha256: Schema.NullOr(Schema.String),
  parse_report: Schema.NullOr(ParseReport),
  embedding_plan: Schema.NullOr(EmbeddingPlan),
  chunks_version: ChunkerId,
  embed_model: Schema.String,
  embed_version: Schema.String,
  progress: Progress,
  priority: Schema.Int,
  /** Consecutive transient failures at this status. */
  retry_count: Schema.Int,
  /** Workers that died while holding this job since it last moved. */
  crash_count: Schema.Int,
  last_error: Schema.NullOr(JobError),
  tokens_paid: Schema.Int,
  cost_usd: Schema.Number,
  vectors_reused: Schema.Int,
  provider_job_id: Schema.NullOr(Schema.String),
  /** When a worker may claim it; null while one holds it and after it has ended. */
  run_at: Schema.NullOr(Schema.DateTimeUtc),
  lease_until: Schema.NullOr(Schema.DateTimeUtc),
  processing_started_at: Schema.NullOr(Schema.DateTimeUtc),
  processing_completed_at: Schema.NullOr(Schema.DateTimeUtc),
  created_at: Schema.DateTimeUtc,
  updated_at: Schema.DateTimeUtc
})
export type Job = typeof Job.Type

/**
 * A job claimed by a worker. The fence counts the claims: every write carries it, and a write with an older fence changes
 * nothing.
 */
export interface ClaimedJob extends Job {
  readonly fence: bigint
  readonly traceparent: string | null
  /** The secret with which the parser signs its callback. */
  readonly webhook_secret: string
  readonly poll_deadline: Job["run_at"]
  /** Submissions to the parser since the upload or the last retry from there. */
  readonly parse_attempts: number
}

/** One line of a job's history; `from` is null on the first. */
export const JobEvent = Schema.Struct({
  event_id: Schema.Int,
  job_id: JobId,
  type: Schema.Literals(["moved", "retry_scheduled", "parked", "crashed", "note"]),
  from_status: Schema.NullOr(JobStatus),
  to_status: JobStatus,
  code: Schema.NullOr(ErrorCode),
  message: Schema.NullOr(Schema.String),
  /** The actor: `worker:<id>`, `api` or `user`. */
  actor: Schema.String,
  progress: Progress,
  created_at: Schema.DateTimeUtc
})
export type JobEvent = typeof JobEvent.Type
