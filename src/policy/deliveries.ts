/** How webhooks are delivered. The waits are stored as rows (`run_at`), so that they survive the process. */
import { Duration, Option } from "effect"

/** The wait after each failed attempt; after the last one, three days after the event, the delivery is dead. */
const waits = [
  Duration.seconds(5),
  Duration.minutes(5),
  Duration.minutes(30),
  Duration.hours(2),
  Duration.hours(5),
  Duration.hours(10),
  Duration.hours(14),
  Duration.hours(20),
  Duration.hours(24)
]

/** With a jitter of 0.9 to 1.1; none if the attempt (from 1) was the last one. */
export const redeliverAfter = (attempt: number, random: number): Option.Option<Duration.Duration> =>
  Option.map(Option.fromUndefinedOr(waits[attempt - 1]), Duration.times(0.9 + 0.2 * random))

/** From resolving the receiver's name to its response. */
export const deliveryTimeout = Duration.seconds(10)

/** After this time, another worker takes over the delivery of a dead worker. */
export const deliveryLease = Duration.minutes(1)

/**
 * Concurrent deliveries per worker, and per subscription over all workers, so that a receiver that hangs holds up no other.
 */
export const deliveriesAtOnce = 128
export const deliveriesOfOne = 4

/** A subscription that has only failed for this long is disabled. */
export const deliveryPatience = Duration.days(5)

/**
 * The longest sleep between two polls, because notifications can be lost; and the shortest, while due deliveries wait for
 * their receiver.
 */
export const deliveryPollInterval = Duration.seconds(5)
export const deliveryBusyInterval = Duration.millis(250)

/** How long the old secret also signs after a rotation. */
export const oldSecretKept = Duration.hours(24)

/** How old the signature of a webhook may be for its receiver, and how far in the future. */
export const signatureTolerance = Duration.minutes(5)
