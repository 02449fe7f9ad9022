/** What a check of an environment expected and found. What could not be judged is inconclusive, never a pass. */
import { Schema } from "effect"

export const Verdict = Schema.Literals(["pass", "fail", "inconclusive"])
export type Verdict = typeof Verdict.Type

export const CheckResult = Schema.Struct({
  group: Schema.String,
  check: Schema.String,
  verdict: Verdict,
  expected: Schema.String,
  found: Schema.String,
  /** What to do; none if there is nothing to do. */
  repair: Schema.OptionFromNullOr(Schema.String),
  /** What the verdict rests on: figures, names, answers. */
  evidence: Schema.Array(Schema.String)
})
export type CheckResult = typeof CheckResult.Type

/** One failure is a failure; one check in doubt, or no check at all, leaves the whole in doubt. */
export const overall = (results: ReadonlyArray<{ readonly verdict: Verdict }>): Verdict =>
  results.some(({ verdict }) => verdict === "fail")
    ? "fail"
    : results.length === 0 || results.some(({ verdict }) => verdict === "inconclusive")
    ? "inconclusive"
    : "pass"

export const exitCodes = { pass: 0, fail: 1, inconclusive: 6 } as const satisfies Record<Verdict, number>
