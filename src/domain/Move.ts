/** What one guarded statement writes: a job's next status, or a pause in the current one, together with its event. */
import { Schema } from "effect"
import type { JobId } from "./Ids.ts"
import type { EmbeddingPlan, JobError, JobEvent, ParseReport, Progress } from "./Job.ts"
import type { JobStatus } from "./JobStatus.ts"

/** The columns a move may set beside the status. Absent: unchanged. */
export interface MoveFields {
  readonly provider_job_id?: string
  readonly parse_attempts?: number
  /** The deadline for polling, counted from the move. */
  readonly poll_deadline_ms?: number
  readonly parsed_path?: string
  readonly parsed_sha256?: string
  readonly parse_report?: ParseReport
  readonly embedding_plan?: EmbeddingPlan
  readonly progress?: Partial<Progress>
  readonly last_error?: JobError
  readonly retry_count?: number
  /** The status a retry returns to. */
  readonly resume_status?: JobStatus
}

export interface Move {
  readonly job_id: JobId
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
  readonly release_ms?: number
}

/** The worker no longer holds the job: its lease expired, or the job was cancelled. Nothing was written. */
export class StaleClaim extends Schema.TaggedError<StaleClaim>()("StaleClaim", {
  job_id: Schema.String
}) {}
