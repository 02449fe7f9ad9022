/** The dead man's switch. */
import { Duration } from "effect"

/** One call to the service that expects the heartbeats. */
export const heartbeatTimeout = Duration.seconds(10)

/** Rules last judged longer ago than this many intervals count as not judged. */
export const staleAfterIntervals = 3
