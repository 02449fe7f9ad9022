/** The header `Retry-After`: seconds, or an HTTP date. */
import { Duration } from "effect"

/** Undefined if the header is absent or unreadable. */
export const parseRetryAfter = (header: string | undefined, nowMillis: number): Duration.Duration | undefined => {
  const text = header?.trim() ?? ""
  if (text === "") return undefined
  const millis = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMillis
  return Number.isFinite(millis) ? Duration.millis(Math.max(0, millis)) : undefined
}
