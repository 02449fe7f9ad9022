/** When a circuit trips and when it is probed. One circuit per dependency: an open one does not affect the others. */
import { Duration } from "effect"

/** The probe call that decides whether a service is available. */
export const probe = {
  /** For one try. */
  patience: Duration.seconds(15),
  /** One call in five may fail by chance; three consecutive failures are rare. */
  retries: 2,
  pause: Duration.millis(500),
  /** A service that has responded within this time counts as available. */
  believed: Duration.seconds(1)
} as const

/** How long a circuit stays open before the next probe: 5 s at first, doubled with each failed probe up to 30 s. */
export const openFor = (failures: number): Duration.Duration =>
  Duration.min(Duration.seconds(30), Duration.times(Duration.seconds(5), 2 ** Math.min(10, failures - 1)))

/** The same for a service that refuses us: a person has to act first. */
export const haltedFor = Duration.minutes(1)

/** How long one worker may take for a probe before another one may try. */
export const probeTime = Duration.minutes(2)

/** How long a job waits while a probe is under way. */
export const probePause = Duration.seconds(5)

/**
 * A process is notified of changes, and reads the circuits again after a lost connection. What it may still miss does little harm:
 * it asks again when a circuit that it believes open is due for a probe, and judges a call that fails.
 */
export const circuitsRefreshed = Duration.hours(1)
