/** Limits for callbacks from the parser. */
import { Duration } from "effect"

/** Callback bodies are small. */
export const maxCallbackBytes = 65_536

/** The provider gives up after seconds, so an older callback is a replay. */
export const maxCallbackAge = Duration.days(1)
