/** How alerts are judged, sent and silenced. What a rule fires at, and when, is `src/domain/AlertRule.ts`. */
import { Duration } from "effect"
import type { AlertLevel, AlertSinkName } from "../domain/AlertNotice.ts"

/** The window in which refusals of callbacks and credentials are counted; an alert is raised at most once in it. */
export const alarmWindow = Duration.minutes(15)

export const longestSilence = Duration.days(30)

/** One step of the escalation: which sinks are notified how long after the alert began to fire. */
export interface EscalationStep {
  readonly level: AlertLevel
  readonly after: Duration.Duration
  readonly sinks: ReadonlyArray<AlertSinkName>
}

/** A monitor that has not renewed its lease for this many intervals has lost it: another one takes over. */
const leaseIntervals = 3
export const leaseOf = (interval: Duration.Duration): Duration.Duration =>
  Duration.max(Duration.times(interval, leaseIntervals), Duration.seconds(6))

/** How long `/health/ready` may take. */
export const readinessPatience = Duration.seconds(3)

/** How long one round may take before the database counts as unreachable: more than the answer of the API. */
export const databasePatience = Duration.seconds(15)

/** From the claim of a notice until it counts as not sent: more than the slowest sink takes. */
export const noticeLease = Duration.minutes(1)

export const noticeGivenUpAfter = Duration.hours(24)
