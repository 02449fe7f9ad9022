/** An alert as a row: one for each cause, from its first sign to its end. */
import { Schema } from "effect"
import { AlertLevel, AlertSeverity } from "./AlertNotice.ts"
import { snakeKeys } from "./snakeKeys.ts"

const time = Schema.DateTimeUtcFromString
const maybeTime = Schema.OptionFromNullOr(time)

export const AlertId = Schema.Int.pipe(Schema.brand("AlertId"))
export type AlertId = typeof AlertId.Type

/** `silenced` is firing or acknowledged without notices until a time; `pending` holds for less than the rule's `for`. */
export const AlertState = Schema.Literals(["pending", "firing", "acknowledged", "silenced", "resolved"])
export type AlertState = typeof AlertState.Type

export const Alert = snakeKeys({
  alertId: AlertId,
  /** One of `alertRules`, or of a later release: a client must be able to read an alert that it does not know yet. */
  rule: Schema.String,
  /** What it is about, such as a worker, a job or a dependency; empty for the whole system. */
  subject: Schema.String,
  /** At most one open alert per key. */
  key: Schema.String,
  /** The error code if the alert is about a circuit, otherwise the rule. Its runbook has this name. */
  code: Schema.String,
  severity: AlertSeverity,
  state: AlertState,
  message: Schema.String,
  /** How often it has been seen since it opened. */
  count: Schema.Int,
  openedAt: time,
  /** None while it is pending. */
  firedAt: maybeTime,
  seenAt: time,
  acknowledgedAt: maybeTime,
  /** None once the silence is over. */
  silencedUntil: maybeTime,
  closedAt: maybeTime,
  /** Who changed it last: an operator's credential, or the process. */
  changedBy: Schema.String,
  changeReason: Schema.OptionFromNullOr(Schema.String),
  /** The highest level of the escalation that was notified. */
  level: Schema.OptionFromNullOr(AlertLevel)
})
export type Alert = typeof Alert.Type

export const AlertEvent = snakeKeys({
  eventId: Schema.Int,
  at: time,
  type: Schema.Literals(["pending", "firing", "acknowledged", "silenced", "unsilenced", "resolved", "cleared"]),
  actor: Schema.String,
  reason: Schema.OptionFromNullOr(Schema.String),
  silencedUntil: maybeTime
})
export type AlertEvent = typeof AlertEvent.Type

/** A notice that is queued for a sink, or was delivered there. */
const AlertDelivery = snakeKeys({
  sink: Schema.String,
  state: Schema.Literals(["firing", "acknowledged", "resolved"]),
  level: AlertLevel,
  attempts: Schema.Int,
  createdAt: time,
  deliveredAt: maybeTime,
  /** When it is tried next; none once it was delivered or given up. */
  runAt: maybeTime,
  lastError: Schema.OptionFromNullOr(Schema.String)
})
type AlertDelivery = typeof AlertDelivery.Type

/** The monitor that judges the rules. */
export const MonitorStatus = snakeKeys({
  hostname: Schema.String,
  version: Schema.String,
  /** The last sign of life. */
  beatAt: time,
  /** When the rules were last judged over facts that could be read. */
  judgedAt: maybeTime,
  /** False: no monitor holds the lease, so no alert is raised or sent. */
  alive: Schema.Boolean
})
export type MonitorStatus = typeof MonitorStatus.Type

export const AlertHistory = Schema.Struct({
  alert: Alert,
  /** Oldest first. */
  events: Schema.Array(AlertEvent),
  deliveries: Schema.Array(AlertDelivery)
})
export type AlertHistory = typeof AlertHistory.Type
