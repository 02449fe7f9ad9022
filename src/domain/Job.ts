/** One document's way through the pipeline, as the tables hold it and the API shows it. */
import { Schema } from "effect"
import { ChunkerId } from "./Chunk.ts"
import { ErrorClass, ErrorCode } from "./ErrorCode.ts"
import { CorrelationId, DocumentId, JobId, UserId } from "./Ids.ts"
import { JobStatus } from "./JobStatus.ts"

/** Counts for a progress bar; the receipt is what proves them. */
export const Progress = Schema.Struct({
  chunks_total: Schema.Int,
  chunks_done: Schema.Int,
  embeds_total: Schema.Int,
  embeds_done: Schema.Int
})
export type Progress = typeof Progress.Type

/** Why the job stands where it stands: kept until the next success. */
export const JobError = Schema.Struct({
  code: ErrorCode,
  class: ErrorClass,
  /** What is wrong, in one sentence. */
  message: Schema.String,
  help: Schema.String,
  /** What the failure left in place. */
  kept: Schema.String,
  at_status: JobStatus,
  request_id: Schema.optionalKey(Schema.String),
  /** Since when a service that is out has held the job back: it waits for hours, and not for ever. */
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

/** What will be bought, written before anything is. */
export const EmbeddingPlan = Schema.Struct({
  chunks: Schema.Int,
  /** Chunks that need no call: the same user has their vectors already. */
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
  /** Transient failures in a row at this status. */
  retry_count: Schema.Int,
  /** Workers that died holding this job since it last moved. */
  crash_count: Schema.Int,
  last_error: Schema.NullOr(JobError),
  tokens_paid: Schema.Int,
  cost_usd: Schema.Number,
  vectors_reused: Schema.Int,
  provider_job_id: Schema.NullOr(Schema.String),
  /** When a worker may take it up (again); null while one holds it, and when it has ended. */
  run_at: Schema.NullOr(Schema.DateTimeUtc),
  lease_until: Schema.NullOr(Schema.DateTimeUtc),
  processing_started_at: Schema.NullOr(Schema.DateTimeUtc),
  processing_completed_at: Schema.NullOr(Schema.DateTimeUtc),
  created_at: Schema.DateTimeUtc,
  updated_at: Schema.DateTimeUtc
})
export type Job = typeof Job.Type

/**
 * A job in the hands of a worker. The fence is the number of this holding: every write names it, and one with an older
 * number changes nothing.
 */
export interface ClaimedJob extends Job {
  readonly fence: bigint
  readonly traceparent: string | null
  /** What the parser signs its callback with. */
  readonly webhook_secret: string
  readonly poll_deadline: Job["run_at"]
  /** How often it was handed to the parser since it was uploaded, or retried from there. */
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
  /** Who did it: `worker:<id>`, `api`, `user`. */
  actor: Schema.String,
  progress: Progress,
  created_at: Schema.DateTimeUtc
})
export type JobEvent = typeof JobEvent.Type
