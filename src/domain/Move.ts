/** What one guarded statement writes: a job's next status, or a pause where it stands, with the event that tells of it. */
import { Schema } from "effect"
import type { JobId } from "./Ids.ts"
import type { EmbeddingPlan, JobError, JobEvent, ParseReport, Progress } from "./Job.ts"
import type { JobStatus } from "./JobStatus.ts"

/** The columns a move may set beside the status. Absent: unchanged. */
export interface MoveFields {
  readonly provider_job_id?: string
  readonly parse_attempts?: number
  /** The reconciler gives up this long after the move. */
  readonly poll_deadline_ms?: number
  readonly parsed_path?: string
  readonly parsed_sha256?: string
  readonly parse_report?: ParseReport
  readonly embedding_plan?: EmbeddingPlan
  readonly progress?: Partial<Progress>
  readonly last_error?: JobError
  readonly retry_count?: number
  /** Where a retry goes back to. */
  readonly resume_status?: JobStatus
}

export interface Move {
  readonly job_id: JobId
  readonly fence: bigint
  readonly from: JobStatus
  /** Statuses passed on the way, each with its event: nothing durable happens between them. */
  readonly through?: ReadonlyArray<JobStatus>
  /** Equal to `from` when the job is parked or waits for a retry. */
  readonly to: JobStatus
  /** `waiting`: an ordinary pause between two looks at the parser, which the history does not mention. */
  readonly type: JobEvent["type"] | "waiting"
  readonly actor: string
  readonly set: MoveFields
  /** The lease is given up, and the job can be claimed after this many milliseconds. Absent: the worker keeps it. */
  readonly release_ms?: number
}

/** The job has moved on without this worker: its lease ran out, or it was cancelled. Nothing was written. */
export class StaleClaim extends Schema.TaggedError<StaleClaim>()("StaleClaim", {
  job_id: Schema.String
}) {}
