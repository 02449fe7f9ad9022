/** What a notice says about an alert, through each sink. */
import { Schema } from "effect"

export const AlertSeverity = Schema.Literals(["critical", "warning", "info"])
export type AlertSeverity = typeof AlertSeverity.Type

/** The steps of an escalation, in this order. */
export const AlertLevel = Schema.Literals(["team", "lead", "manager"])
export type AlertLevel = typeof AlertLevel.Type

/** As in `ALERT_SINKS`. */
export const AlertSinkName = Schema.Literals(["log", "webhook", "slack", "pagerduty", "email", "alertmanager"])
export type AlertSinkName = typeof AlertSinkName.Type

export const AlertNotice = Schema.Struct({
  /** The same from firing to resolved, so that a sink can tell that two notices are about one alert. */
  alertId: Schema.NonEmptyString,
  /** Such as `NO_WORKER`. */
  rule: Schema.NonEmptyString,
  /** What it is about, such as a provider, a job or a queue; empty for the whole system. */
  subject: Schema.String,
  severity: AlertSeverity,
  state: Schema.Literals(["firing", "acknowledged", "resolved"]),
  title: Schema.NonEmptyString,
  description: Schema.String,
  startedAt: Schema.DateTimeUtcFromString,
  /** None until it is resolved. */
  endedAt: Schema.OptionFromNullOr(Schema.DateTimeUtcFromString),
  /** The same from firing to resolved, with few possible values: some sinks identify an alert by them. */
  labels: Schema.Record(Schema.String, Schema.String),
  level: AlertLevel,
  runbookUrl: Schema.String,
  dashboardUrl: Schema.String,
  environment: Schema.NonEmptyString
})
export type AlertNotice = typeof AlertNotice.Type
