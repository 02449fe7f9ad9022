/** When `accessa doctor` complains. */
import { Duration } from "effect"

export const diagnosis = {
  /** A job that nothing holds or takes over: a sweep does so within seconds of its lease. */
  stuck: Duration.minutes(2),
  /** Work waits for so long while no job moves. */
  idle: Duration.minutes(15),
  /** After its start a worker has so long to do what was left undone while none ran. */
  settled: Duration.minutes(5)
} as const

/** Signed addresses are valid for minutes. */
export const clocksApart = Duration.seconds(5)

/** Objects that are looked at in each bucket, and documents whose objects are looked up, unless all are asked for. */
export const objectsLookedAt = 2_000
