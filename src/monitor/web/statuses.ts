/**
 * How each status looks: a glyph says what is happening, the word where in the ten states. Colour is never the only signal.
 */
import {
  failedStatus,
  type JobStatus,
  type Phase,
  phases as phaseNames,
  stateGraph,
  statuses
} from "../../domain/stateGraph.ts"

type Tone = "wait" | "run" | "done" | "fail" | "warn" | "park"

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

/** The states on the way from upload to receipt. */
export const order = statuses.filter((status) => !status.startsWith("failed"))

const titles: Readonly<Record<Phase, string>> = { parse: "Parse", chunking: "Chunk", embedding: "Embed" }

export const phases: ReadonlyArray<
  { readonly name: string; readonly statuses: ReadonlyArray<JobStatus>; readonly failed?: JobStatus }
> = [
  ...phaseNames.map((phase) => ({
    name: titles[phase],
    statuses: statuses.filter((status) => stateGraph[status].phase === phase),
    failed: failedStatus[phase]
  })),
  { name: "Proved", statuses: ["complete"] }
]

export const looks = {
  waiting: { shape: "waiting", tone: "wait", says: "waits for a worker" },
  service: { shape: "service", tone: "wait", says: "waits for a service" },
  running: { shape: "running", tone: "run", says: "a worker is processing it" },
  retry: { shape: "retry", tone: "park", says: "waits for its next try" },
  parked: { shape: "parked", tone: "park", says: "parked" },
  complete: { shape: "complete", tone: "done", says: "complete" },
  incomplete: { shape: "warning", tone: "warn", says: "complete, but its text is incomplete" },
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
