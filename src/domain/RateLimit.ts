/** What a provider's answer says about its rate limit. */
import { Schema } from "effect"
import { Dependency } from "./Dependency.ts"

export const RateLimit = Schema.Struct({
  dependency: Dependency,
  kind: Schema.Literals(["requests", "tokens"]),
  limit: Schema.Finite,
  remaining: Schema.Finite,
  /** When it answered. */
  at: Schema.DateTimeUtcFromString
})
export type RateLimit = typeof RateLimit.Type
