/** Time limits for uploads through signed addresses. */
import { Duration } from "effect"

export const uploads = {
  /** For starting the transfer, at the API's own address. */
  url: Duration.minutes(5),
  /** For completing the upload: enough for the largest file over a slow connection. */
  completion: Duration.minutes(30),
  /** After this time, an upload that was never completed is removed. Until then it is reported as ended. */
  sweep: Duration.minutes(55),
  /**
   * After this time, a confirmed upload without a job counts as abandoned: its process died and its caller did not retry.
   */
  acceptance: Duration.hours(1),
  /** How long completing an upload again returns the same answer. */
  keep: Duration.days(1),
  /** The interval between sweeps, and the wait before a failed one is retried. */
  sweepInterval: Duration.seconds(30)
} as const
