/** How long after a delete late writes are expected, and how orphaned objects are found. */
import { Duration } from "effect"

export const erasures = {
  /** The waits between passes; after the last one no worker can still be writing. */
  passes: [Duration.seconds(30), Duration.minutes(2), Duration.minutes(10), Duration.minutes(50)],
  /** A pass that failed, or whose worker died, is repeated after this time. */
  again: Duration.minutes(1),
  /** Claimed by a worker in one go. */
  batch: 100,
  /** The number of recent claims of a job whose parsed text is looked up by name. */
  attempts: 200
} as const

export const orphans = {
  /** A recent object may be about to get its row; one this old was left by a process that died. */
  age: Duration.hours(1),
  /** Interval between two scans of a bucket, by any one worker. */
  interval: Duration.hours(1),
  /** Objects looked up at once, and the pause in between: a bucket of a million objects takes less than an hour. */
  batch: 500,
  pause: Duration.seconds(1),
  /** How often a worker checks whether a scan is due. */
  look: Duration.seconds(15)
} as const
