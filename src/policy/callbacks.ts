/** What is taken from the parser's callbacks. */
import { Duration } from "effect"

/** A callback names an event and no more. */
export const maxCallbackBytes = 65_536

/** The provider gives up after seconds: an older callback is a replay. */
export const maxCallbackAge = Duration.days(1)

/** Somebody who is refused this often is no accident: one warning is given, and the next one at the earliest this much later. */
export const refusalAlarm = { count: 20, quiet: Duration.minutes(15) } as const
