/** An alert as the monitor judges it: until it is settled, with the notices that were made about it. */
import { Schema } from "effect"
import { AlertLevel, AlertSeverity, AlertSinkName } from "./AlertNotice.ts"
import { AlertRuleName } from "./AlertRule.ts"
import { snakeKeys } from "./snakeKeys.ts"

const time = Schema.DateTimeUtcFromString
const maybeTime = Schema.OptionFromNullOr(time)

/** One notice: made once for each alert, sink, state and level. */
export const Told = Schema.Struct({
  sink: AlertSinkName,
  state: Schema.Literals(["firing", "acknowledged", "resolved"]),
  level: AlertLevel
})
export type Told = typeof Told.Type

export const OpenAlert = snakeKeys({
  /** None: it has no row yet. */
  alertId: Schema.OptionFromNullOr(Schema.Int),
  /** The id in notices of an alert that was announced before it had a row. */
  noticeId: Schema.OptionFromNullOr(Schema.String),
  rule: AlertRuleName,
  subject: Schema.String,
  key: Schema.String,
  code: Schema.String,
  severity: AlertSeverity,
  message: Schema.String,
  count: Schema.Int,
  openedAt: time,
  /** None: pending. */
  firedAt: maybeTime,
  seenAt: time,
  /** Since when the condition has been gone. */
  clearSince: maybeTime,
  acknowledgedAt: maybeTime,
  silencedUntil: maybeTime,
  closedAt: maybeTime,
  /** Closed, and every notified sink has its last notice. */
  settled: Schema.Boolean,
  told: Schema.Array(Told)
})
export type OpenAlert = typeof OpenAlert.Type

/** What a detector has found; its severity and times are the rule's. */
export interface Finding {
  readonly rule: AlertRuleName
  /** Empty for the whole system. */
  readonly subject: string
  readonly message: string
}

export const alertKey = ({ rule, subject }: Pick<Finding, "rule" | "subject">): string =>
  subject === "" ? rule : `${rule}:${subject}`
