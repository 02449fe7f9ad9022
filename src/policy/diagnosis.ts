/** When `accessa doctor` reports a fault. */
import { Duration } from "effect"

export const diagnosis = {
  /** A job that nothing holds or takes over: a sweep does so within seconds of its lease. */
  stuck: Duration.minutes(2),
  /** Work has waited this long while no job moved. */
  idle: Duration.minutes(15),
  /** How long a worker has after its start to do what was left undone while none ran. */
  settled: Duration.minutes(5)
} as const

/** Signed addresses are valid for minutes. */
export const clocksApart = Duration.seconds(5)

/** Objects examined in each bucket, and documents whose objects are looked up, unless all are asked for. */
export const objectsLookedAt = 2_000
