/** Whether more of something fails now than in a control of the same minutes: documents of a new release against those of the old one. */
import type { Verdict } from "../CheckResult.ts"
import { shareInterval } from "./shareInterval.ts"

export interface Counted {
  readonly failed: number
  readonly all: number
}

/** `tolerated`: a share of all, such as 0.05, by which more may fail. `confidence`: of each end of the intervals. */
export const judgeShares = (
  control: Counted,
  now: Counted,
  { confidence, tolerated }: { readonly tolerated: number; readonly confidence: number }
) => {
  const then = shareInterval(control.failed, control.all, confidence)
  const today = shareInterval(now.failed, now.all, confidence)
  const verdict: Verdict = control.all === 0 || now.all === 0
    ? "inconclusive"
    : today.low > then.high
    ? "fail"
    : today.high <= then.low + tolerated
    ? "pass"
    : "inconclusive"
  return { verdict, control: then, now: today }
}
