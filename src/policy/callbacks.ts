/** What is taken from the parser's callbacks. */
import { Duration } from "effect"

/** A callback names an event and no more. */
export const maxCallbackBytes = 65_536

/** The provider gives up after seconds: an older callback is a replay. */
export const maxCallbackAge = Duration.days(1)

/** So many refusals within so long are no accident: an alert is raised, and renewed at the earliest as much later. */
export const refusalAlarm = { count: 20, within: Duration.minutes(15) } as const
