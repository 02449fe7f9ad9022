/** How long each part of an upload by a signed address may take. */
import { Duration } from "effect"

export const uploads = {
  /** In which the bytes must begin to come, at an address of ours. */
  url: Duration.minutes(5),
  /** In which it must be completed: the largest file over a slow line. */
  completion: Duration.minutes(30),
  /** After which nothing is left of one that nobody completed. Until then it is known to have ended. */
  sweep: Duration.minutes(55),
  /** After which a confirmed one without a job counts as given up: its process is gone, and its caller did not ask again. */
  acceptance: Duration.hours(1),
  /** For as long a completed one gives the same answer again. */
  keep: Duration.days(1),
  /** Between two looks for what is to be swept, and before a failed one is looked at again. */
  sweepInterval: Duration.seconds(30)
} as const
