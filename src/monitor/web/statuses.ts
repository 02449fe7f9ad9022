/**
 * How each status looks: a glyph says what is happening, the word where in the ten states. Colour is never the only signal.
 */
import type { JobStatus } from "../../domain/JobStatus.ts"

export type Tone = "wait" | "run" | "done" | "fail" | "warn" | "park"

export interface Look {
  readonly glyph: string
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
  waiting: { glyph: "○", tone: "wait", says: "waiting for a worker" },
  service: { glyph: "⊙", tone: "wait", says: "waiting for a service" },
  running: { glyph: "◐", tone: "run", says: "a worker is processing it" },
  retry: { glyph: "↻", tone: "park", says: "waiting for its next attempt" },
  parked: { glyph: "‖", tone: "park", says: "parked" },
  complete: { glyph: "●", tone: "done", says: "complete" },
  failed: { glyph: "■", tone: "fail", says: "failed" },
  cancelled: { glyph: "⊘", tone: "wait", says: "cancelled" },
  unknown: { glyph: "?", tone: "warn", says: "unknown" },
  warning: { glyph: "△", tone: "warn", says: "needs attention" }
} as const satisfies Record<string, Look>

export interface JobState {
  readonly status: JobStatus
  readonly error_code: string | null
  readonly last_error: { readonly class: string } | null
  readonly lease_until: string | null
}

export const lookOf = ({ error_code, last_error, lease_until, status }: JobState): Look => {
  if (status === "complete") return looks.complete
  if (error_code === "CANCELLED") return looks.cancelled
  if (status.startsWith("failed")) return looks.failed
  if (lease_until !== null) return looks.running
  if (last_error !== null) return last_error.class === "recoverable" ? looks.parked : looks.retry
  return status === "parse_queued" ? looks.service : looks.waiting
}

/** The look of a status by itself, where nothing else of the job is known. */
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
