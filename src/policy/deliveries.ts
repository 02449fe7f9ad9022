/** How our webhooks are delivered. The waits are rows (`run_at`), so that they outlive the process. */
import { Duration } from "effect"

/** After each failed attempt; with the last one a delivery is given up, three days after its event. */
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

/** With a jitter of 0.9 to 1.1; undefined when the attempt (from 1) was the last one. */
export const redeliverAfter = (attempt: number, random: number): Duration.Duration | undefined => {
  const wait = waits[attempt - 1]
  return wait === undefined ? undefined : Duration.times(wait, 0.9 + 0.2 * random)
}

/** From the look-up of the receiver's name to its answer. */
export const deliveryTimeout = Duration.seconds(10)

/** A worker that dies over a delivery leaves it to the others after this time. */
export const deliveryLease = Duration.minutes(1)

/** Under way at once from one worker; and to one subscription from all, so that a receiver that hangs holds up no other. */
export const deliveriesAtOnce = 128
export const deliveriesOfOne = 4

/** A subscription that has only failed for so long is disabled. */
export const deliveryPatience = Duration.days(5)

/** The delivery log goes back this far. */
export const deliveriesKept = Duration.days(30)
export const pruneInterval = Duration.hours(1)

/** Longest sleep between two looks: notifications can be lost. The shortest one, while what is due waits for its receiver. */
export const deliveryPollInterval = Duration.seconds(5)
export const deliveryBusyInterval = Duration.millis(250)

/** After a rotation the old secret signs too for this long. */
export const oldSecretKept = Duration.hours(24)
