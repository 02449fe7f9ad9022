/**
 * How each status looks: a glyph says what is happening, the word where in the ten states. Colour is never the only signal.
 */
import type { JobStatus } from "../../domain/JobStatus.ts"

export type Tone = "wait" | "run" | "done" | "fail" | "warn" | "park"

export type Shape =
  | "waiting"
  | "service"
  | "running"
  | "retry"
  | "parked"
  | "complete"
  | "failed"
  | "cancelled"
  | "unknown"
  | "stale"
  | "warning"

export interface Look {
  readonly shape: Shape
  readonly tone: Tone
  /** Read out in place of the glyph. */
  readonly says: string
}

export const order: ReadonlyArray<JobStatus> = [
  "uploaded",
  "parse_queued",
  "parsed",
  "parse_validated",
  "chunking",
  "chunks_stored",
  "embedding_queued",
  "embedding_in_progress",
  "embeddings_stored",
  "complete"
]

export const failedStatuses: ReadonlyArray<JobStatus> = ["failed_parse", "failed_chunking", "failed_embedding"]

export const phases: ReadonlyArray<
  { readonly name: string; readonly statuses: ReadonlyArray<JobStatus>; readonly failed?: JobStatus }
> = [
  { name: "Parse", statuses: ["uploaded", "parse_queued", "parsed"], failed: "failed_parse" },
  { name: "Chunk", statuses: ["parse_validated", "chunking"], failed: "failed_chunking" },
  {
    name: "Embed",
    statuses: ["chunks_stored", "embedding_queued", "embedding_in_progress", "embeddings_stored"],
    failed: "failed_embedding"
  },
  { name: "Proved", statuses: ["complete"] }
]

export const looks = {
  waiting: { shape: "waiting", tone: "wait", says: "waits for a worker" },
  service: { shape: "service", tone: "wait", says: "waits for a service" },
  running: { shape: "running", tone: "run", says: "a worker is on it" },
  retry: { shape: "retry", tone: "park", says: "waits for its next try" },
  parked: { shape: "parked", tone: "park", says: "parked" },
  complete: { shape: "complete", tone: "done", says: "complete" },
  incomplete: { shape: "warning", tone: "warn", says: "complete, but its text is not" },
  failed: { shape: "failed", tone: "fail", says: "failed" },
  cancelled: { shape: "cancelled", tone: "wait", says: "cancelled" },
  unknown: { shape: "unknown", tone: "wait", says: "not known" },
  stale: { shape: "stale", tone: "warn", says: "old data" },
  warning: { shape: "warning", tone: "warn", says: "look at this" }
} as const satisfies Record<string, Look>

export interface JobState {
  readonly status: JobStatus
  readonly error_code: string | null
  readonly last_error: { readonly class: string } | null
  readonly lease_until: string | null
  readonly warnings: ReadonlyArray<string>
}

export const lookOf = ({ error_code, last_error, lease_until, status, warnings }: JobState): Look => {
  if (status === "complete") return warnings.length === 0 ? looks.complete : looks.incomplete
  if (error_code === "CANCELLED") return looks.cancelled
  if (status.startsWith("failed")) return looks.failed
  if (lease_until !== null) return looks.running
  if (last_error !== null) return last_error.class === "recoverable" ? looks.parked : looks.retry
  return status === "parse_queued" ? looks.service : looks.waiting
}

/** How a status looks where nothing else is known about the job. */
export const lookOfStatus = (status: string): Look =>
  status === "complete"
    ? looks.complete
    : status.startsWith("failed")
    ? looks.failed
    : status === "parse_queued"
    ? looks.service
    : status === "chunking" || status === "embedding_in_progress"
    ? looks.running
    : looks.waiting
