/** One document's passage through the pipeline, as the tables store it and the API shows it. */
import { Schema, Struct } from "effect"
import { ChunkerId } from "./Chunk.ts"
import { Coverage, CoveragePolicy, Omission, Replaced } from "./coverage/Coverage.ts"
import { ErrorClass, ErrorCode } from "./ErrorCode.ts"
import { CorrelationId, DocumentId, JobId, UserId } from "./Ids.ts"
import { JobStatus } from "./JobStatus.ts"
import { nullFirst } from "./nullFirst.ts"
import { snakeKeys } from "./snakeKeys.ts"

/** Counts for a progress bar; only the receipt proves them. */
const Progress = snakeKeys({
  chunksTotal: Schema.Int,
  chunksDone: Schema.Int,
  embedsTotal: Schema.Int,
  embedsDone: Schema.Int
})
type Progress = typeof Progress.Type

/** The counts that a move changes. */
export const PartOfProgress = snakeKeys(Struct.map(Progress.to.fields, Schema.optionalKey))

/** The last error, kept until the next success. */
export const JobError = snakeKeys({
  code: ErrorCode,
  class: ErrorClass,
  /** What is wrong, in one sentence. */
  message: Schema.String,
  help: Schema.String,
  /** What was kept in spite of the failure. */
  kept: Schema.String,
  atStatus: JobStatus,
  requestId: Schema.optionalKey(Schema.String),
  /** Since when the job has been waiting for an unavailable service; the wait is limited. */
  since: Schema.optionalKey(Schema.DateTimeUtcFromString)
})
export type JobError = typeof JobError.Type

/** What validation found in the parsed text. */
export const ParseReport = snakeKeys({
  characters: Schema.Int,
  pages: Schema.Int,
  /** An earlier document of the same user with the same text. */
  duplicateOf: Schema.NullOr(DocumentId),
  /** The comparison with the source; absent if its format has no inventory, or it was parsed before there was one. */
  coverage: Schema.optionalKey(Coverage),
  /** Why there is no comparison, although the format has an inventory. */
  coverageUnknown: Schema.optionalKey(Schema.String),
  /** What the text lacks of the source, as far as the parser and the comparison know. */
  leftOut: Schema.optionalKey(Schema.Array(Omission)),
  /** A sentence for each loss that a reader must know of. */
  warnings: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Pages that the parser had lost, and who read them instead; absent if there are none. */
  replaced: Schema.optionalKey(Schema.Array(Replaced)),
  /** What was to be done about losses when the text was compared. */
  policy: Schema.optionalKey(CoveragePolicy)
})
export type ParseReport = typeof ParseReport.Type

/** What will be bought; written before any purchase. */
export const EmbeddingPlan = snakeKeys({
  chunks: Schema.Int,
  /** Chunks that need no call because the user already has their vectors. */
  reused: Schema.Int,
  estimatedTokens: Schema.Int,
  estimatedCostUsd: Schema.Finite
})
export type EmbeddingPlan = typeof EmbeddingPlan.Type

export const Job = snakeKeys({
  jobId: JobId,
  userId: UserId,
  documentId: DocumentId,
  /** The mail that the document is attached to. */
  parentDocumentId: Schema.NullOr(DocumentId),
  correlationId: CorrelationId,
  /** The trace of the document from its upload on, if that is recorded. */
  traceId: Schema.NullOr(Schema.String),
  /** The uploader's name for it, cleaned for display. */
  filename: Schema.String,
  mediaType: Schema.String,
  bytes: Schema.Int,
  rawSha256: Schema.String,
  status: JobStatus,
  rawPath: Schema.String,
  parsedPath: Schema.NullOr(Schema.String),
  parsedSha256: Schema.NullOr(Schema.String),
  parseReport: Schema.NullOr(ParseReport),
  embeddingPlan: Schema.NullOr(EmbeddingPlan),
  chunksVersion: ChunkerId,
  embedModel: Schema.String,
  embedVersion: Schema.String,
  progress: Progress,
  priority: Schema.Int,
  /** Consecutive transient failures at this status. */
  retryCount: Schema.Int,
  /** Workers that died while holding this job since it last moved. */
  crashCount: Schema.Int,
  lastError: Schema.NullOr(JobError),
  tokensPaid: Schema.Int,
  costUsd: Schema.Finite,
  vectorsReused: Schema.Int,
  providerJobId: Schema.NullOr(Schema.String),
  /** When a worker may claim it; null while one holds it and after it has ended. */
  runAt: nullFirst(Schema.DateTimeUtcFromDate),
  leaseUntil: nullFirst(Schema.DateTimeUtcFromDate),
  processingStartedAt: nullFirst(Schema.DateTimeUtcFromDate),
  processingCompletedAt: nullFirst(Schema.DateTimeUtcFromDate),
  createdAt: Schema.DateTimeUtcFromDate,
  updatedAt: Schema.DateTimeUtcFromDate
})
export type Job = typeof Job.Type

/**
 * A job claimed by a worker. The fence counts the claims: every write carries it, and a write with an older fence changes
 * nothing.
 */
export const ClaimedJob = snakeKeys({
  ...Job.to.fields,
  fence: Schema.BigInt,
  traceparent: Schema.NullOr(Schema.String),
  /** The secret with which the parser signs its callback. */
  webhookSecret: Schema.String,
  /** Until the parser's deadline, in milliseconds, when the job was claimed: on the database's clock, which set it. */
  pollLeftMs: Schema.NullOr(Schema.Finite),
  /** Submissions to the parser since the upload or the last retry from there. */
  parseAttempts: Schema.Int
})
export type ClaimedJob = typeof ClaimedJob.Type

/** What work outside the job's run, such as a callback, needs to appear in the job's trace. */
export const JobOrigin = snakeKeys({
  jobId: JobId,
  documentId: DocumentId,
  userId: UserId,
  correlationId: CorrelationId,
  /** The span of the request that brought the document. */
  traceparent: Schema.NullOr(Schema.String)
})
export type JobOrigin = typeof JobOrigin.Type

/** One line of a job's history; `from` is null on the first. */
export const JobEvent = snakeKeys({
  eventId: Schema.Int,
  jobId: JobId,
  type: Schema.Literals(["moved", "retry_scheduled", "parked", "crashed", "note"]),
  fromStatus: Schema.NullOr(JobStatus),
  toStatus: JobStatus,
  code: Schema.NullOr(ErrorCode),
  message: Schema.NullOr(Schema.String),
  /** The actor: `worker:<id>`, `api` or `user`. */
  actor: Schema.String,
  /** The claim under which it was written; 0 before the first. */
  fence: Schema.Int,
  progress: Progress,
  createdAt: Schema.DateTimeUtcFromDate
})
export type JobEvent = typeof JobEvent.Type
