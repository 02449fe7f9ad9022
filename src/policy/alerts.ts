/** When a person is told, and when it is over. */
import { Duration } from "effect"

/** A transaction that is open for longer keeps vacuum from its work. */
export const longTransaction = Duration.minutes(15)

/** Refused callbacks are over when none were told of for so long: more than twice the time between two tellings. */
export const refusalAlertCloseAfter = Duration.hours(1)

/** How often the sweep looks. */
export const watchInterval = Duration.minutes(1)
