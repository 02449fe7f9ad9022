/** How much of a provider's rate limit is left, as its responses tell. */
import { Context, DateTime, Effect } from "effect"
import type { RateLimit } from "../../src/domain/RateLimit.ts"
import type { LabelsOf } from "./metrics.ts"
import { setGauge } from "./record.ts"

const kinds = ["requests", "tokens"] as const

/** The last answers of this process, one per provider and kind. */
export class RateLimitsSeen extends Context.Reference<Map<string, typeof RateLimit.Encoded>>(
  "accessa/otel/RateLimitsSeen",
  { defaultValue: () => new Map() }
) {}

/** Of a response's headers `x-ratelimit-limit-…` and `x-ratelimit-remaining-…`, whether it succeeded or not. */
export const noteHeadroom = (
  dependency: LabelsOf<"accessa_provider_rate_limit">["dependency"],
  header: (name: string) => string | null | undefined
): Effect.Effect<void> =>
  Effect.forEach(
    kinds,
    Effect.fnUntraced(function*(kind) {
      const limit = numberOf(header(`x-ratelimit-limit-${kind}`))
      const remaining = numberOf(header(`x-ratelimit-remaining-${kind}`))
      if (limit === undefined || remaining === undefined) return
      yield* setGauge("accessa_provider_rate_limit", { dependency, kind }, limit)
      yield* setGauge("accessa_provider_rate_remaining", { dependency, kind }, remaining)
      const at = DateTime.formatIso(yield* DateTime.now)
      const seen = yield* RateLimitsSeen
      seen.set(`${dependency} ${kind}`, { dependency, kind, limit, remaining, at })
    }),
    { discard: true }
  )

const numberOf = (text: string | null | undefined): number | undefined =>
  text != null && /^\d{1,15}$/.test(text) ? Number(text) : undefined
