/** How much of a provider's rate limit is left, as its responses tell. */
import { Effect } from "effect"
import type { LabelsOf } from "./metrics.ts"
import { setGauge } from "./record.ts"

const kinds = ["requests", "tokens"] as const

/** Of a response's headers `x-ratelimit-limit-…` and `x-ratelimit-remaining-…`, whether it succeeded or not. */
export const noteHeadroom = (
  dependency: LabelsOf<"accessa_provider_rate_limit">["dependency"],
  header: (name: string) => string | null | undefined
): Effect.Effect<void> =>
  Effect.forEach(kinds, (kind) => {
    const limit = numberOf(header(`x-ratelimit-limit-${kind}`))
    const remaining = numberOf(header(`x-ratelimit-remaining-${kind}`))
    return limit === undefined || remaining === undefined ? Effect.void : Effect.andThen(
      setGauge("accessa_provider_rate_limit", { dependency, kind }, limit),
      setGauge("accessa_provider_rate_remaining", { dependency, kind }, remaining)
    )
  }, { discard: true })

const numberOf = (text: string | null | undefined): number | undefined =>
  text != null && /^\d{1,15}$/.test(text) ? Number(text) : undefined
