/**
 * When a job with a transient failure is retried. The waits are stored as rows (`run_at`), so that they survive the
 * process.
 */
import { Duration } from "effect"

/** Retries per status before a transient failure becomes final; waits for a rate limit do not count. */
export const retryLimit = 3

const base = Duration.seconds(3)
const longest = Duration.minutes(5)

/** The longest `Retry-After` that is honoured. */
export const longestWish = Duration.hours(1)

/** A provider's `Retry-After` in milliseconds; none if it is not a valid time. */
export const wishOf = (milliseconds: number): { readonly retryAfter?: Duration.Duration } =>
  milliseconds >= 0 ? { retryAfter: Duration.min(longestWish, Duration.millis(milliseconds)) } : {}

/**
 * `2^n × 3 s` for the n-th retry (from 0), up to five minutes, times a jitter of 0.8 to 1.2; at least the provider's
 * `Retry-After` of up to an hour.
 */
export const retryDelay = (
  attempt: number,
  random: number,
  retryAfter?: Duration.Duration
): Duration.Duration => spread(Duration.min(longest, Duration.times(base, 2 ** attempt)), random, retryAfter)

const spread = (
  delay: Duration.Duration,
  random: number,
  retryAfter: Duration.Duration = Duration.zero
): Duration.Duration =>
  Duration.max(
    Duration.min(longestWish, retryAfter),
    Duration.times(delay, 0.8 + 0.4 * random)
  )

/**
 * When a parked job is tried next if the error does not say: after a quarter of the time it has waited, between 3 s and 5
 * min.
 */
export const parkedFor = (waited: Duration.Duration): Duration.Duration =>
  Duration.clamp(Duration.times(waited, 0.25), { minimum: base, maximum: longest })

/**
 * The same for a job whose provider limits our rate, spread by the jitter, because all jobs are refused at once; at least
 * its `Retry-After`. LlamaParse sends none, and its free plan takes 20 requests per minute.
 */
export const limitedFor = (
  waited: Duration.Duration,
  random: number,
  retryAfter?: Duration.Duration
): Duration.Duration => spread(parkedFor(waited), random, retryAfter)
