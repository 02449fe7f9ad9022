/** How alerts are judged, sent and silenced. What a rule fires at, and when, is `src/domain/AlertRule.ts`. */
import { Duration } from "effect"
import type { AlertLevel, AlertSinkName } from "../domain/AlertNotice.ts"

/** A transaction that is open for longer blocks vacuum. */
export const longTransaction = Duration.minutes(15)

/**
 * The alert about refused callbacks closes if it has not been raised for this long: more than twice the interval between
 * two raises.
 */
export const refusalAlertCloseAfter = Duration.hours(1)

/** Interval between two sweeps. */
export const watchInterval = Duration.minutes(1)

export const longestSilence = Duration.days(30)

/** One step of the escalation: which sinks are told how long after the alert began to fire. */
export interface EscalationStep {
  readonly level: AlertLevel
  readonly after: Duration.Duration
  readonly sinks: ReadonlyArray<AlertSinkName>
}

/** A monitor that has not renewed its lease for this many intervals has lost it: another one takes over. */
export const leaseIntervals = 3
