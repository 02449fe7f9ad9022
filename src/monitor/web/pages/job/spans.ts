/** A job's history as stretches of waiting and running, by status and try. */
import type { JobCallRow, JobEventRow } from "./types.ts"

export interface Span {
  readonly from: number
  readonly to: number
  readonly kind: "ran" | "waited" | "failed"
}

export interface Try {
  /** Why it failed; undefined while it runs and if it succeeded. */
  readonly code: string | undefined
  readonly spans: ReadonlyArray<Span>
}

/** Where a job waits for the parser or for a worker, even while nothing is wrong. */
const waitsIn: ReadonlySet<string> = new Set(["uploaded", "parse_queued"])

interface History {
  readonly events: ReadonlyArray<JobEventRow>
  readonly calls: ReadonlyArray<JobCallRow>
  readonly now: number
  readonly ended: boolean
  /** A worker is on it now. */
  readonly held: boolean
}

/**
 * What lies between two events happened in the status of the first. After a retry was scheduled the job waits; the provider calls in
 * that time tell when it ran again.
 */
export const triesOf = ({ calls, ended, events, held, now }: History): ReadonlyMap<string, ReadonlyArray<Try>> => {
  const tries = new Map<string, Array<Try>>()
  for (const [index, event] of events.entries()) {
    const next = events[index + 1]
    if (next === undefined && ended) continue
    const status = event.to_status
    const from = Date.parse(event.created_at)
    const to = next === undefined ? Math.max(from, now) : Date.parse(next.created_at)
    const failure = next?.type === "retry_scheduled" || next?.to_status.startsWith("failed") === true ? next : undefined
    const waits = event.type !== "moved" || waitsIn.has(status) || (next === undefined && !held)
    const inner = waits && status === "embedding_in_progress" ? callsWithin(calls, from, to) : []
    const base: Span = { from, to, kind: waits ? "waited" : failure === undefined ? "ran" : "failed" }
    tries.set(status, [...tries.get(status) ?? [], { code: failure?.code ?? undefined, spans: [base, ...inner] }])
  }
  return tries
}

const callsWithin = (calls: ReadonlyArray<JobCallRow>, from: number, to: number): ReadonlyArray<Span> =>
  calls.flatMap(({ at, settled_at, state }): ReadonlyArray<Span> => {
    const began = Date.parse(at)
    const settled = settled_at === null ? to : Date.parse(settled_at)
    return state === "reused" || began < from || settled > to
      ? []
      : [{ from: began, to: settled, kind: state === "paid" ? "ran" : "failed" }]
  })

/** What is drawn on top of a wait is taken from it. */
export const total = (spans: ReadonlyArray<Span>, kind: "waited" | "ran"): number => {
  const sum = (kinds: ReadonlyArray<Span["kind"]>) =>
    spans.filter((span) => kinds.includes(span.kind)).reduce((all, { from, to }) => all + to - from, 0)
  const [base, ...inner] = spans
  const ran = base?.kind === "waited" ? sum(["ran", "failed"]) : base === undefined ? 0 : base.to - base.from
  if (kind === "ran") return ran
  return base?.kind === "waited" ? base.to - base.from - inner.reduce((all, { from, to }) => all + to - from, 0) : 0
}
