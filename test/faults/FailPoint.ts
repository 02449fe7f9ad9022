/**
 * Points at which a process can die: right before and right after each statement and each provider call, numbered by
 * occurrence. They are recorded from one undisturbed run, so that no list has to be maintained.
 */
import type { Observer } from "./Statements.ts"

export interface FailPoint {
  readonly what: string
  /** The occurrence, from 1. */
  readonly nth: number
  readonly moment: "before" | "after"
}

/** What an idle worker sends. */
const idle =
  /INSERT INTO workers|WITH lost AS|extract\(epoch FROM least\(|WITH RECURSIVE waiting|FROM claim_turns WHERE due_at <= now|SET due_at = |^LISTEN|^SELECT 1$|^SET |search_path|pg_type|migration|UPDATE upload_jobs SET lease_until|GET \/health/

/** The rounds that an elected worker makes for all: a worker that follows a killed one is not elected at once. */
const upkeep =
  /UPDATE upkeep|compliance_checks|DELETE FROM parse_cancellations|UPDATE erasures|UPDATE webhook_deliveries|key_id AS "keyId"|clock_timestamp\(\) AS now|relrowsecurity|FROM pg_index|array_agg\(hash|min\(run_at\) - now/

export const isBackground = (what: string): boolean => what === "" || idle.test(what) || upkeep.test(what)

/** Every statement and request seen, up to three of each kind, each with both moments. */
export const failPointsOf = (passed: ReadonlyArray<string>): ReadonlyArray<FailPoint> => {
  const counts = new Map<string, number>()
  return passed.flatMap((what) => {
    const nth = (counts.get(what) ?? 0) + 1
    counts.set(what, nth)
    return nth > 5 ? [] : [{ what, nth, moment: "before" as const }, { what, nth, moment: "after" as const }]
  })
}

/** Does something at one point, once, and holds its message back. */
export const at = (point: FailPoint, act: () => void): Observer => {
  let seen = 0
  const meet = (moment: FailPoint["moment"]) => (what: string) => {
    if (moment !== point.moment || what !== point.what || ++seen !== point.nth) return
    act()
    return new Promise<void>(() => {})
  }
  return { before: meet("before"), after: meet("after") }
}

/** `before BEGIN`, `after INSERT INTO document_chunk_buffer (2)`. */
export const nameOf = ({ moment, nth, what }: FailPoint): string => {
  const changes = [...what.matchAll(/(INSERT INTO|UPDATE|DELETE FROM) (\w+)/g)].map(([change]) => change)
  const short = changes.length > 0 ? changes.join(", ") : what.slice(0, 60)
  return `${moment} ${short}${nth > 1 ? ` (${nth})` : ""}`
}
