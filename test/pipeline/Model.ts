/** What a job's row and history must be after each command: the rules of the queue, written a second time without SQL. */
import { Struct } from "effect"
import { failureOf, isTerminal, type JobStatus, stateGraph } from "../../src/domain/JobStatus.ts"
import { crashLimit } from "../../src/policy/leases.ts"

/** When a worker may claim the job: at once, later, or not at all. */
export type Due = "now" | "later" | "none"

export interface ModelEvent {
  readonly type: string
  readonly fromStatus: JobStatus | null
  readonly toStatus: JobStatus
  readonly fence: string
}

export interface ModelJob {
  readonly status: JobStatus
  readonly fence: bigint
  readonly owner: string | null
  readonly due: Due
  readonly retryCount: number
  readonly crashCount: number
  readonly resumeStatus: JobStatus | null
  readonly hinted: boolean
  readonly code: string | null
  readonly ended: boolean
  readonly callbacks: ReadonlyArray<string>
  readonly events: ReadonlyArray<ModelEvent>
}

/** A claim as its holder knows it, which may already be invalid. */
export interface Holding {
  readonly job: number
  readonly fence: bigint
  readonly status: JobStatus
  readonly retryCount: number
}

export const accepted: ModelJob = {
  status: "uploaded",
  fence: 0n,
  owner: null,
  due: "now",
  retryCount: 0,
  crashCount: 0,
  resumeStatus: null,
  hinted: false,
  code: null,
  ended: false,
  callbacks: [],
  events: [{ type: "moved", fromStatus: null, toStatus: "uploaded", fence: "0" }]
}

const free = { owner: null, due: "none" } as const

const logged = (before: ModelJob, type: string, after: ModelJob): ModelJob => ({
  ...after,
  ended: type === "moved" ? isTerminal(after.status) : after.ended,
  events: [...after.events, {
    type,
    fromStatus: before.status,
    toStatus: after.status,
    fence: after.fence.toString()
  }]
})

export const isHeld = (job: ModelJob, holding: Holding): boolean =>
  job.owner !== null && job.fence === holding.fence && job.status === holding.status

export const claimed = (job: ModelJob, worker: string): ModelJob => ({
  ...job,
  fence: job.fence + 1n,
  owner: worker,
  due: "none",
  hinted: false
})

export const advanced = (job: ModelJob): ModelJob => {
  const status = stateGraph[job.status].next ?? job.status
  return logged(job, "moved", {
    ...job,
    ...(isTerminal(status) ? free : {}),
    status,
    retryCount: 0,
    crashCount: 0,
    resumeStatus: null,
    code: null
  })
}

/** A callback that arrived while the parser was polled makes the job due at once. */
const waiting = (job: ModelJob, when: Due): ModelJob => ({
  ...job,
  owner: null,
  due: job.hinted && job.status === "parse_queued" ? "now" : when
})

export const parked = (job: ModelJob, when: Due): ModelJob => logged(job, "parked", waiting(job, when))

export const retriedLater = (job: ModelJob, when: Due, retryCount: number, code: string): ModelJob =>
  logged(job, "retry_scheduled", { ...waiting(job, when), retryCount, code })

const ended = (job: ModelJob, code: string): ModelJob => ({
  ...job,
  ...free,
  status: failureOf(job.status) ?? job.status,
  resumeStatus: job.status,
  code
})

export const failed = (job: ModelJob, code: string, resumeStatus: JobStatus): ModelJob =>
  logged(job, "moved", { ...ended(job, code), resumeStatus, retryCount: 0, crashCount: 0 })

export const rescued = (job: ModelJob): ModelJob => {
  const next = { ...job, fence: job.fence + 1n, crashCount: job.crashCount + 1 }
  return next.crashCount >= crashLimit
    ? logged(job, "moved", ended(next, "WORKER_CRASHED"))
    : logged(job, "crashed", { ...next, owner: null, due: "now" })
}

export const released = (job: ModelJob): ModelJob =>
  logged(job, "parked", { ...job, fence: job.fence + 1n, owner: null, due: "now" })

/** Undefined: the job's status allows none. */
export const retried = (job: ModelJob): ModelJob | undefined =>
  job.resumeStatus === null ? undefined : logged(job, "moved", {
    ...job,
    status: job.resumeStatus,
    fence: job.fence + 1n,
    due: "now",
    resumeStatus: null,
    retryCount: 0,
    crashCount: 0,
    code: null
  })

export const cancelled = (job: ModelJob): ModelJob | undefined =>
  isTerminal(job.status)
    ? undefined
    : logged(job, "moved", {
      ...ended(job, "CANCELLED"),
      fence: job.fence + 1n,
      // The parse is cancelled at the provider.
      resumeStatus: job.status === "parse_queued" ? "uploaded" : job.status
    })

export const hinted = (job: ModelJob, event: string): ModelJob => {
  if (job.callbacks.includes(event)) return job
  const noted = { ...job, callbacks: [...job.callbacks, event] }
  if (job.status !== "uploaded" && job.status !== "parse_queued") return noted
  return { ...noted, hinted: true, due: job.due === "none" ? "none" : "now" }
}

/** The part of the model that stands in the row itself. */
export const rowOf = (job: ModelJob) => Struct.omit(job, ["callbacks", "events"])
