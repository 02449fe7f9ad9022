/** A worker's intervals and limits. */
import { Duration } from "effect"

/** The longest sleep of the sweeper between two polls of the queue, because notifications can be lost. */
export const pollInterval = Duration.seconds(5)

/** The same for the other workers: the sweeper polls for them, and their heartbeats tell them of due jobs. */
export const idlePollInterval = Duration.hours(1)

/** The same while jobs are running. */
export const busyInterval = Duration.seconds(1)

/** After an error of the queue itself. */
export const errorPause = Duration.seconds(1)

/** From the stop signal until running jobs are released. */
export const drainTime = Duration.seconds(20)

/** From the stop signal until the process exits by force: by then a worker has drained and released its jobs. */
export const hardStopAfter = Duration.sum(drainTime, Duration.seconds(5))

/** Jobs beyond a worker's concurrency for users with no running job, so that their first job need not wait. */
export const guestJobs = 4

/**
 * The delay between a notification and the claim while the worker is busy: five times what the last claim took. With eight workers,
 * a Postgres at its limit was asked half as often, for more jobs at once.
 */
export const gatherTime = (claim: Duration.Duration): Duration.Duration =>
  Duration.clamp(Duration.times(claim, 5), { minimum: Duration.millis(10), maximum: Duration.millis(250) })

/** Heartbeats that a worker's row remembers, for the strip on the dashboard: five minutes of one every ten seconds. */
export const beatsKept = 30
