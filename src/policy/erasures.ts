/** How long after a delete a late writer is reckoned with, and how objects that no row names are looked for. */
import { Duration } from "effect"

export const erasures = {
  /** After each pass until the next; with the last one nothing of a worker is under way any more. */
  passes: [Duration.seconds(30), Duration.minutes(2), Duration.minutes(10), Duration.minutes(50)],
  /** A pass that failed, or whose worker died, is made again after this. */
  again: Duration.minutes(1),
  /** Taken by a worker at once. */
  batch: 100,
  /** Holdings of a job, the last ones, whose parsed text is looked for by its name. */
  attempts: 200
} as const

export const orphans = {
  /** An object without a row may be about to get one; so old it is what a process that died left. */
  age: Duration.hours(1),
  /** From one look through a bucket to the next, by whichever worker is first. */
  interval: Duration.hours(1),
  /** Looked up at once, and the pause after each: a bucket of a million objects is gone through within the hour. */
  batch: 500,
  pause: Duration.seconds(1),
  /** How often a worker asks whether it is its turn. */
  look: Duration.seconds(15)
} as const
