/** Requests and tokens per minute, as two token buckets; every reply's headers state what is left. */

export interface RateLimits {
  readonly requestsPerMinute: number
  readonly tokensPerMinute: number
}

/** Which bucket ran out, and how long until it has enough. */
export interface Shortage {
  readonly of: "requests" | "tokens"
  readonly limit: number
  readonly left: number
  readonly waitMs: number
}

export interface RateLimit {
  readonly take: (tokens: number, now: number) => Shortage | undefined
  readonly headers: (now: number) => Readonly<Record<string, string>>
}

const minute = 60_000

class Bucket {
  readonly limit: number
  #left: number
  #at: number | undefined
  constructor(limit: number) {
    this.limit = limit
    this.#left = limit
  }
  left(now: number): number {
    this.#left = Math.min(this.limit, this.#left + (now - (this.#at ?? now)) / minute * this.limit)
    this.#at = now
    return this.#left
  }
  spend(amount: number): void {
    this.#left -= amount
  }
  msUntil(amount: number, now: number): number {
    return Math.ceil(Math.max(0, amount - this.left(now)) / this.limit * minute)
  }
}

/** `12ms`, `1.5s`, `6m0s`: as Go writes durations, which the vendor does. */
const goDuration = (ms: number): string => {
  if (ms < 1_000) return `${Math.ceil(ms)}ms`
  const seconds = Math.ceil(ms) / 1_000
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${Math.floor(seconds % 60)}s`
}

export const makeRateLimit = ({ requestsPerMinute, tokensPerMinute }: RateLimits): RateLimit => {
  const requests = new Bucket(requestsPerMinute)
  const tokens = new Bucket(tokensPerMinute)
  const shortage = (of: Shortage["of"], bucket: Bucket, amount: number, now: number): Shortage | undefined => {
    const left = bucket.left(now)
    if (left >= amount) return undefined
    return { of, limit: bucket.limit, left: Math.floor(left), waitMs: bucket.msUntil(amount, now) }
  }
  return {
    take: (amount, now) => {
      const short = shortage("requests", requests, 1, now) ?? shortage("tokens", tokens, amount, now)
      if (short !== undefined) return short
      requests.spend(1)
      tokens.spend(amount)
      return undefined
    },
    headers: (now) => ({
      "x-ratelimit-limit-requests": String(requests.limit),
      "x-ratelimit-limit-tokens": String(tokens.limit),
      "x-ratelimit-remaining-requests": String(Math.floor(requests.left(now))),
      "x-ratelimit-remaining-tokens": String(Math.floor(tokens.left(now))),
      "x-ratelimit-reset-requests": goDuration(requests.msUntil(requests.limit, now)),
      "x-ratelimit-reset-tokens": goDuration(tokens.msUntil(tokens.limit, now))
    })
  }
}
