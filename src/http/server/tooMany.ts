/** 429, with the time after which the same request may be repeated. */
import type { Duration } from "effect"
import { TooManyRequests } from "../../api/Problem.ts"
import { secondsOf } from "./setHeader.ts"

export const tooMany = (
  what: string,
  after: Duration.Duration,
  code: TooManyRequests["code"] = "RATE_LIMITED"
) => {
  const retry_after_s = secondsOf(after)
  return new TooManyRequests({ code, detail: `${what} Try again in ${retry_after_s} s.`, retry_after_s })
}
