/** What a sink's HTTP answer means for the notice; undefined if it was taken. */
import { AlertSinkFailed } from "../../../services/AlertSinks.ts"
import type { AlertSinkName } from "../../../src/domain/AlertNotice.ts"
import { parseRetryAfter } from "../../../src/domain/retryAfter.ts"

interface Answer {
  readonly status: number
  readonly retryAfter: string | undefined
  /** From the body, without our secrets. */
  readonly said: string
}

/** Request timeout, too early, too many requests. */
const passing: ReadonlySet<number> = new Set([408, 425, 429])

export const refusalOf = (
  { name, service }: { readonly name: AlertSinkName; readonly service: string },
  { retryAfter, said, status }: Answer,
  nowMillis: number
): AlertSinkFailed | undefined => {
  if (status >= 200 && status < 300) return undefined
  const wait = parseRetryAfter(retryAfter, nowMillis)
  return new AlertSinkFailed({
    sink: name,
    message: `${service} answered ${status}${said === "" ? "." : `: ${said}`}`,
    retryable: status >= 500 || passing.has(status),
    ...(wait === undefined ? {} : { retryAfter: wait })
  })
}
