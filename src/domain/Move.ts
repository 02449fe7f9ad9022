/** What one guarded statement writes: a job's next status, or a pause in the current one, together with its event. */
import { Schema } from "effect"
import type { JobId } from "./Ids.ts"
import { EmbeddingPlan, JobError, type JobEvent, ParseReport, PartOfProgress } from "./Job.ts"
import { JobStatus } from "./JobStatus.ts"
import { snakeKeys } from "./snakeKeys.ts"

/** The columns a move may set beside the status. Absent: unchanged. */
export const MoveFields = snakeKeys({
  providerJobId: Schema.optionalKey(Schema.String),
  parseAttempts: Schema.optionalKey(Schema.Int),
  /** The deadline for polling, counted from the move. */
  pollDeadlineMs: Schema.optionalKey(Schema.Int),
  parsedPath: Schema.optionalKey(Schema.String),
  parsedSha256: Schema.optionalKey(Schema.String),
  parseReport: Schema.optionalKey(ParseReport),
  embeddingPlan: Schema.optionalKey(EmbeddingPlan),
  progress: Schema.optionalKey(PartOfProgress),
  lastError: Schema.optionalKey(JobError),
  retryCount: Schema.optionalKey(Schema.Int),
  /** The status a retry returns to. */
  resumeStatus: Schema.optionalKey(JobStatus)
})
export type MoveFields = typeof MoveFields.Type

export interface Move {
  readonly jobId: JobId
  readonly fence: bigint
  readonly from: JobStatus
  /** Statuses passed by this move, each with its own event: nothing durable happens between them. */
  readonly through?: ReadonlyArray<JobStatus>
  /** Equal to `from` when the job is parked or waits for a retry. */
  readonly to: JobStatus
  /** `waiting`: a pause between two polls of the parser, not recorded in the history. */
  readonly type: JobEvent["type"] | "waiting"
  readonly actor: string
  readonly set: MoveFields
  /** Releases the lease; the job can be claimed after this many milliseconds. Absent: the worker keeps it. */
  readonly releaseMs?: number
}

/** The worker no longer holds the job: its lease expired, or the job was cancelled. Nothing was written. */
export class StaleClaim extends Schema.TaggedError<StaleClaim>()("StaleClaim", {
  jobId: Schema.String
}) {}
