/** How long a sink may take, and how often Alertmanager has to hear of an alert. */
import { Duration } from "effect"

/** One attempt over HTTP, from connecting to the end of the answer. */
export const sinkTimeout = Duration.seconds(10)

/** One mail takes several round trips, and some servers delay their greeting on purpose. */
export const mailTimeout = Duration.seconds(30)

/** Prometheus repeats its alerts once a minute, too. */
export const repeatInterval = Duration.minutes(1)

/** Alertmanager resolves an alert that was not repeated for this long, so that three notices in a row may get lost. */
export const unheardIsResolvedAfter = Duration.times(repeatInterval, 4)
