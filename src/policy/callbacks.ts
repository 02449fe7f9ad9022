/** Limits for callbacks from the parser. */
import { Duration } from "effect"

/** Callback bodies are small. */
export const maxCallbackBytes = 65_536

/** The provider gives up after seconds, so an older callback is a replay. */
export const maxCallbackAge = Duration.days(1)

/** This many refusals within this time are no accident: an alert is raised, at most once per this interval. */
export const refusalAlarm = { count: 20, within: Duration.minutes(15) } as const
