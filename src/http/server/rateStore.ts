/**
 * The rate limiter's buckets, in memory. A full bucket is equivalent to none and is dropped, so memory depends only on the
 * callers of the last minutes.
 */
import { Duration, Effect, Layer } from "effect"
import { RateLimiter } from "effect/persistence"

interface Bucket {
  tokens: number
  lastRefill: number
  /** When it will be full again without further requests. */
  fullAt: number
}

/** Requests between two sweeps for full buckets, so that each request pays for a few. */
const sweepEvery = 1_000

export const makeBuckets = () => {
  const buckets = new Map<string, Bucket>()
  let taken = 0
  const sweep = (now: number) => {
    for (const [key, { fullAt }] of buckets) if (fullAt <= now) buckets.delete(key)
  }
  return {
    size: () => buckets.size,
    take: (
      { allowOverflow, key, limit, refillMs, tokens }: {
        readonly key: string
        readonly tokens: number
        readonly limit: number
        readonly refillMs: number
        readonly allowOverflow: boolean
      },
      now: number
    ): readonly [remaining: number, elapsedMs: number] => {
      if (++taken % sweepEvery === 0) sweep(now)
      const known = buckets.get(key) ?? { tokens: limit, lastRefill: now, fullAt: now }
      const refilled = Math.floor((now - known.lastRefill) / refillMs)
      const full = known.tokens + refilled >= limit
      const before = full ? limit : known.tokens + refilled
      const lastRefill = full ? now : known.lastRefill + refilled * refillMs
      const remaining = before - tokens
      const left = allowOverflow || remaining >= 0 ? remaining : before
      if (left >= limit) buckets.delete(key)
      else buckets.set(key, { tokens: left, lastRefill, fullAt: lastRefill + (limit - left) * refillMs })
      return [remaining, Math.max(0, now - lastRefill)]
    }
  }
}

const unused = Effect.die(new Error("the API uses token buckets only"))

export const layerStoreBounded = Layer.sync(RateLimiter.RateLimiterStore, () => {
  const buckets = makeBuckets()
  return RateLimiter.RateLimiterStore.of({
    tokenBucket: ({ refillRate, ...wanted }) =>
      Effect.clockWith((clock) =>
        Effect.sync(() =>
          buckets.take({ ...wanted, refillMs: Duration.toMillis(refillRate) }, clock.currentTimeMillisUnsafe())
        )
      ),
    fixedWindow: () => unused,
    adaptiveConsume: () => unused,
    adaptiveFeedback: () => unused
  })
})
