/** The rhythm of a worker. */
import { Duration } from "effect"

/** Longest sleep between two looks at the queue: notifications can be lost. */
export const pollInterval = Duration.seconds(5)

/** The same while jobs run: whoever works need not be told when the next one is due. */
export const busyInterval = Duration.seconds(1)

/** After an error of the queue itself. */
export const errorPause = Duration.seconds(1)

/** From the signal to stop until what still runs is given back. */
export const drainTime = Duration.seconds(20)

/** From the signal to stop until a process that still runs is stopped hard: a worker has drained and given back by then. */
export const hardStopAfter = Duration.sum(drainTime, Duration.seconds(5))

/** Jobs beyond a worker's concurrency, of users of whom no other is in hand: their first need not wait for a place. */
export const guestJobs = 4

/** Between a sign of new work and the claim, when the worker is busy anyway. */
export const gatherTime = Duration.millis(10)
