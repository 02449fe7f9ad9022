/** When alerts open and close. */
import { Duration } from "effect"

/** A transaction that is open for longer blocks vacuum. */
export const longTransaction = Duration.minutes(15)

/**
 * The alert about refused callbacks closes if it has not been raised for this long: more than twice the interval between
 * two raises.
 */
export const refusalAlertCloseAfter = Duration.hours(1)

/** Interval between two sweeps. */
export const watchInterval = Duration.minutes(1)
