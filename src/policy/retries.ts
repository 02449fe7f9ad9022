/** When a job that failed for now is tried again. These waits are rows (`run_at`), so that they outlive the process. */
import { Duration, Schedule } from "effect"

/** Retries of one status before its transient failure counts as final. */
export const retryLimit = 3

const base = Duration.seconds(3)
const longest = Duration.minutes(5)

/** A provider that wants us to stay away for longer is asked again all the same. */
export const longestWish = Duration.hours(1)

/** What a provider's `Retry-After` comes to, in milliseconds; nothing if it is no time. */
export const wishOf = (milliseconds: number): { readonly retryAfter?: Duration.Duration } =>
  milliseconds >= 0 ? { retryAfter: Duration.min(longestWish, Duration.millis(milliseconds)) } : {}

/** `2^n × 3 s` for the n-th retry (from 0), up to five minutes, times a jitter of 0.8 to 1.2; never under the provider's own wish of up to an hour. */
export const retryDelay = (
  attempt: number,
  random: number,
  retryAfter: Duration.Duration = Duration.zero
): Duration.Duration =>
  Duration.max(
    Duration.min(longestWish, retryAfter),
    Duration.times(Duration.min(longest, Duration.times(base, 2 ** attempt)), 0.8 + 0.4 * random)
  )

/** How soon a parked job is looked at again when nobody said: a quarter of the time that it has waited, within 3 s and 5 min. */
export const parkedFor = (waited: Duration.Duration): Duration.Duration =>
  Duration.clamp(Duration.times(waited, 0.25), { minimum: base, maximum: longest })

/**
 * How a worker insists on writing down what became of a job while the database is away. Twice the lease: afterwards the
 * sweep gives the job to somebody else anyway.
 */
export const insist = Schedule.spaced("500 millis").pipe(Schedule.jittered, Schedule.upTo({ duration: "1 minute" }))
