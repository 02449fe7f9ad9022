/** What every detector gets, and how it says what it has found. */
import type { AlertFacts } from "../../domain/AlertFacts.ts"
import type { AlertRuleName } from "../../domain/AlertRule.ts"
import type { Finding } from "../../domain/OpenAlert.ts"

/** What the monitor sees besides the database. Null: it could not be seen. */
export interface Surroundings {
  /** How long the database took for the write that renewed the lease, in milliseconds. */
  readonly writeMs: number
  readonly disk: { readonly path: string; readonly freeBytes: number; readonly totalBytes: number } | null
  /** Why the API is not ready; empty if it is. */
  readonly api: { readonly problem: string } | null
  /** The parser is one that calls back. */
  readonly callbacks: boolean
}

/** `over`: the rule's threshold. */
type Detector = (
  facts: AlertFacts,
  over: number,
  surroundings: Surroundings
) => ReadonlyArray<Omit<Finding, "rule">>
export type Detectors = { readonly [Rule in AlertRuleName]?: Detector }

/** One finding about the whole system if it holds. */
export const whole = (holds: boolean, message: string) => holds ? [{ subject: "", message }] : []

/** As in a sentence: `45 s`, `12 min`, `3 h`, `2 days`. */
export const long = (seconds: number): string => {
  if (seconds < 120) return `${Math.round(seconds)} s`
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} days`
}

export const percent = (share: number): string => `${Math.round(share * 1_000) / 10} %`
