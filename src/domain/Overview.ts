/** The pipeline at a glance, over all users: the source of the dashboard, the metrics and the CLI's overview. */
import { Schema } from "effect"
import { AlertState } from "./Alert.ts"
import { AlertSeverity } from "./AlertNotice.ts"
import { Dependency } from "./Dependency.ts"
import { ErrorCode } from "./ErrorCode.ts"
import { CorrelationId, DocumentId, JobId, UserId, WorkerId } from "./Ids.ts"
import { JobStatus } from "./JobStatus.ts"
import { nullFirst } from "./nullFirst.ts"
import { RateLimit } from "./RateLimit.ts"

const time = Schema.DateTimeUtcFromString

/** What one status holds, and what passed through it in the last minute. */
const StatusFlow = Schema.Struct({
  status: JobStatus,
  /** Jobs in it now; of `complete`, those of the last hour. */
  jobs: Schema.Int,
  /** When the oldest of them was last written, except those parked for a budget; null if there is none. */
  oldest_since: nullFirst(time),
  entered_last_minute: Schema.Int,
  left_last_minute: Schema.Int
})

/** How long jobs stayed in a status, of the last few thousand events. */
const StatusTimes = Schema.Struct({
  status: JobStatus,
  ended: Schema.Int,
  failed: Schema.Int,
  p50_ms: Schema.NullOr(Schema.Finite),
  p95_ms: Schema.NullOr(Schema.Finite),
  /** Medians of the hours of the last seven days; null before the first full hour. */
  usual_p50_ms: Schema.NullOr(Schema.Finite),
  usual_p95_ms: Schema.NullOr(Schema.Finite)
})

const WorkerRow = Schema.Struct({
  worker_id: WorkerId,
  hostname: Schema.String,
  version: Schema.String,
  /** `silent`: last reported as running, but its heartbeat is overdue. */
  state: Schema.Literals(["running", "silent", "draining", "stopped"]),
  jobs: Schema.Int,
  /** Writes refused because another worker held the job by then. */
  stale_writes: Schema.Int,
  started_at: time,
  heartbeat_at: time,
  /** Its last heartbeats, at most 30, in seconds before `at`, the newest first. */
  beats: Schema.Array(Schema.Finite)
})

const Spend = Schema.Struct({
  today_usd: Schema.Finite,
  month_usd: Schema.Finite,
  /** Of all users together; null without a limit. */
  limit_usd: Schema.NullOr(Schema.Finite),
  tokens_today: Schema.Int,
  /** Vectors that existed already and were not bought again. */
  reused_today: Schema.Int,
  lost_today_usd: Schema.Finite
})

const Change = Schema.Struct({
  event_id: Schema.Int,
  at: time,
  job_id: JobId,
  user_id: UserId,
  filename: Schema.String,
  type: Schema.String,
  from_status: Schema.NullOr(JobStatus),
  to_status: JobStatus,
  code: Schema.NullOr(ErrorCode),
  actor: Schema.String
})

export const Overview = Schema.Struct({
  /** The database's clock when all this was read. */
  at: time,
  in_flight: Schema.Int,
  failed: Schema.Int,
  completed_last_hour: Schema.Int,
  statuses: Schema.Array(StatusFlow),
  /** The last sixty minutes, oldest first. */
  minutes: Schema.Array(Schema.Struct({ at: time, complete: Schema.Int, failed: Schema.Int })),
  stages: Schema.Array(StatusTimes),
  workers: Schema.Array(WorkerRow),
  providers: Schema.Array(Schema.Struct({
    name: Dependency,
    state: Schema.String,
    code: Schema.NullOr(ErrorCode),
    since: time,
    probe_at: nullFirst(time),
    /** What is left of its rate limits, by its last answer to any worker; empty if that said nothing. */
    limits: Schema.Array(RateLimit)
  })),
  /** Firing, acknowledged or silenced. */
  alerts: Schema.Array(Schema.Struct({
    alert_id: Schema.Int,
    key: Schema.String,
    rule: Schema.String,
    subject: Schema.String,
    severity: AlertSeverity,
    code: Schema.String,
    message: Schema.String,
    state: AlertState,
    opened_at: time
  })),
  /** Of the last hour, by code: failures, retries and waits. */
  errors: Schema.Array(Schema.Struct({ code: ErrorCode, events: Schema.Int })),
  /** The embedder's calls of the last hour, at most the newest 5,000. */
  calls: Schema.Struct({
    made: Schema.Int,
    lost: Schema.Int,
    p50_ms: Schema.NullOr(Schema.Finite),
    p95_ms: Schema.NullOr(Schema.Finite)
  }),
  spend: Spend,
  /** The newest first. */
  changes: Schema.Array(Change)
})
export type Overview = typeof Overview.Type

/** Failed jobs with the same status and code. */
export const FailureGroup = Schema.Struct({
  code: ErrorCode,
  class: Schema.String,
  status: JobStatus,
  jobs: Schema.Int,
  users: Schema.Int,
  last_hour: Schema.Int,
  /** The messages without their numbers, ids and quoted names: failures with the same one have the same cause. */
  fingerprint: Schema.String,
  first_at: time,
  last_at: time,
  /** The last 24 hours, oldest first. */
  hours: Schema.Array(Schema.Int),
  /** The version that was newest when the first of them failed, if it is still the newest and not the only known one. */
  new_in: Schema.NullOr(Schema.String),
  /** What a retry need not do again. */
  kept_texts: Schema.Int,
  kept_chunks: Schema.Int,
  kept_vectors: Schema.Int,
  /** What their plans have left to buy. */
  left_usd: Schema.Finite,
  /** These five are of the latest failure. */
  filename: Schema.String,
  job_id: JobId,
  user_id: UserId,
  message: Schema.String,
  kept: Schema.String,
  help: Schema.String
})
export type FailureGroup = typeof FailureGroup.Type

/** A job in a list over all users. */
export const JobLine = Schema.Struct({
  job_id: JobId,
  document_id: DocumentId,
  user_id: UserId,
  correlation_id: CorrelationId,
  filename: Schema.String,
  bytes: Schema.Int,
  status: JobStatus,
  /** When it was last written. */
  since: time,
  created_at: time,
  retry_count: Schema.Int,
  chunks_total: Schema.Int,
  embeds_done: Schema.Int,
  cost_usd: Schema.Finite,
  /** What its plan has left to buy; 0 where there is no plan yet. */
  left_usd: Schema.Finite,
  error_code: Schema.NullOr(ErrorCode),
  last_error: Schema.NullOr(Schema.Struct({ class: Schema.String, message: Schema.String })),
  lease_until: nullFirst(time),
  /** What the text lacks of the document, one sentence each. */
  warnings: Schema.Array(Schema.String)
})
export type JobLine = typeof JobLine.Type

/** A job that a worker holds. */
export const HeldJob = Schema.Struct({
  worker_id: WorkerId,
  job_id: JobId,
  user_id: UserId,
  filename: Schema.String,
  status: JobStatus,
  since: time,
  lease_until: time
})
export type HeldJob = typeof HeldJob.Type

/** What the database holds, how fast it grows, and whether expired rows are removed. */
export const Capacity = Schema.Struct({
  database_bytes: Schema.Int,
  /** Of the stored documents. */
  files_bytes: Schema.Int,
  connections: Schema.Int,
  max_connections: Schema.Int,
  /** All null before there is a sample that is an hour old. */
  growth: Schema.Struct({
    /** The sizes are compared with those of this time: a week ago, or since the first sample. */
    since: nullFirst(time),
    database_bytes_per_day: Schema.NullOr(Schema.Finite),
    files_bytes_per_day: Schema.NullOr(Schema.Finite),
    /** DATABASE_LIMIT_GB; null if it is not set. */
    limit_bytes: Schema.NullOr(Schema.Finite),
    /** Until the limit, at this rate; null without a limit or while nothing grows. */
    days_left: Schema.NullOr(Schema.Finite)
  }),
  /** The largest first; rows as the database estimates them. */
  tables: Schema.Array(Schema.Struct({
    name: Schema.String,
    rows: Schema.Int,
    bytes: Schema.Int,
    /** Null before there is a sample that is an hour old, and of new tables. */
    bytes_per_day: Schema.NullOr(Schema.Finite),
    dead_rows: Schema.Int
  })),
  /** Kinds of rows that expire: docs/retention.md. */
  retention: Schema.Array(Schema.Struct({
    kind: Schema.String,
    /** Null: forever. */
    kept_days: Schema.NullOr(Schema.Finite),
    ran_at: nullFirst(time),
    /** When there was last nothing expired left. */
    caught_up_at: nullFirst(time),
    removed: Schema.Int
  }))
})
export type Capacity = typeof Capacity.Type
