/** 429, with the time after which the same request may be tried again. */
import { Duration, Effect } from "effect"
import { Correlation } from "../../api/Correlation.ts"
import { TooManyRequests } from "../../api/Problem.ts"
import { setHeader } from "./setHeader.ts"

export const tooMany = Effect.fnUntraced(function*(
  what: string,
  after: Duration.Duration,
  code: TooManyRequests["code"] = "RATE_LIMITED"
) {
  const retry_after_s = Math.max(1, Math.ceil(Duration.toSeconds(after)))
  yield* setHeader("retry-after", String(retry_after_s))
  const detail = `${what} Try again in ${retry_after_s} s.`
  return yield* new TooManyRequests({ code, detail, retry_after_s, correlation_id: yield* Correlation })
})
