/** Takes one token from a bucket of the rate limiter, or refuses with the time at which there is one again. */
import { Effect } from "effect"
import type { RateLimiter } from "effect/persistence"
import type { Rate } from "../../policy/rates.ts"
import { tooMany } from "../server/tooMany.ts"

export const consume = (
  limiter: RateLimiter.RateLimiter,
  { key, rate: { limit, window }, what }: { readonly key: string; readonly rate: Rate; readonly what: string }
) =>
  limiter.consume({ key, limit, window, algorithm: "token-bucket" }).pipe(
    Effect.catchReason(
      "RateLimiterError",
      "RateLimitExceeded",
      ({ retryAfter }) => Effect.fail(tooMany(what, retryAfter))
    ),
    // The store is this process's memory (server/rateStore.ts), which does not fail.
    Effect.catchTag("RateLimiterError", (cause) =>
      Effect.die(new Error("The rate limiter's store failed, although it is in memory.", { cause })))
  )
