/**
 * The legal moves in the state graph, and what a failure leaves behind. The database's check constraint, the guard of every
 * transition, the tests, the docs and the dashboard are derived from the graph; nothing else lists states.
 */
import { Schema } from "effect"
import { type ErrorCode, errorCodes } from "./ErrorCode.ts"
import { failedStatus, phases, stateGraph, statuses as graphStatuses } from "./stateGraph.ts"

export { failedStatus, stateGraph }

export const JobStatus = Schema.Literals(graphStatuses)
export type JobStatus = typeof JobStatus.Type

export const Phase = Schema.Literals(phases)
export type Phase = typeof Phase.Type

export const statuses: ReadonlyArray<JobStatus> = graphStatuses

export const isTerminal = (status: JobStatus): boolean => stateGraph[status].next === undefined

export const activeStatuses: ReadonlyArray<JobStatus> = statuses.filter((status) => !isTerminal(status))
export const terminalStatuses: ReadonlyArray<JobStatus> = statuses.filter(isTerminal)
export const failedStatuses: ReadonlyArray<JobStatus> = Object.values(failedStatus)

/** The failed state of the phase a status belongs to; undefined for a terminal one. */
export const failureOf = (status: JobStatus): JobStatus | undefined => {
  const phase = stateGraph[status].phase
  return phase === undefined ? undefined : failedStatus[phase]
}

type EdgeKind = "advance" | "fail" | "retry"

export interface Edge {
  readonly from: JobStatus
  readonly to: JobStatus
  readonly kind: EdgeKind
}

/** Every legal move: forward, into the phase's failed state (also by a cancel), and back by a retry. */
export const edges: ReadonlyArray<Edge> = [
  ...activeStatuses.flatMap(edgesFrom),
  // Parsed text that is missing or corrupt must be parsed again.
  { from: "failed_chunking", to: "uploaded", kind: "retry" }
]

function edgesFrom(from: JobStatus): ReadonlyArray<Edge> {
  const { next } = stateGraph[from]
  const failed = failureOf(from)
  return [
    ...(next === undefined ? [] : [{ from, to: next, kind: "advance" as const }]),
    ...(failed === undefined ? [] : [
      { from, to: failed, kind: "fail" as const },
      { from: failed, to: from, kind: "retry" as const }
    ])
  ]
}

export const isEdge = (from: JobStatus, to: JobStatus): boolean =>
  edges.some((edge) => edge.from === from && edge.to === to)

/** Where a retry resumes: at the status that failed, or with a new parse where this one cannot be used again. */
export const resumeStatus = (failedAt: JobStatus, code: ErrorCode): JobStatus =>
  needsNewParse(failedAt, code) ? "uploaded" : failedAt

const needsNewParse = (failedAt: JobStatus, code: ErrorCode): boolean => {
  switch (code) {
    case "PARSED_MISSING":
    case "PARSED_CORRUPT":
      return stateGraph[failedAt].phase !== "embedding"
    // The parse is cancelled with the job; one that was collected stays.
    case "CANCELLED":
      return failedAt === "parse_queued"
    // The parse continues at the provider.
    case "WORKER_CRASHED":
      return false
    default:
      return stateGraph[failedAt].phase === "parse" && errorCodes[code].class === "permanent"
  }
}

/** What a failure leaves in place, as a sentence for the owner. */
export const kept = (failedAt: JobStatus, code: ErrorCode): string => {
  if (code === "RAW_MISSING" || code === "RAW_CORRUPT") return "Nothing."
  switch (stateGraph[resumeStatus(failedAt, code)].phase) {
    case "chunking":
      return "The uploaded file and its parsed text."
    case "embedding":
      return "The file, its parsed text, its chunks, and every vector bought so far."
    default:
      return "The uploaded file."
  }
}
