/** For operators: alerts, what was done about them, and the rules that raise them. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Alert, AlertHistory, AlertId, AlertState, MonitorStatus } from "../domain/Alert.ts"
import { AlertSeverity, AlertSinkName } from "../domain/AlertNotice.ts"
import { AlertRuleName } from "../domain/AlertRule.ts"
import { snakeKeys } from "../domain/snakeKeys.ts"
import { RequiredRole } from "./annotations.ts"
import { Moment, writtenReason } from "./fields.ts"
import { Idempotency } from "./Idempotency.ts"
import { BadRequest, Conflict, NotFound } from "./Problem.ts"

export const AlertList = Schema.Struct({
  alerts: Schema.Array(Alert),
  /** Null: no monitor has ever run, so no rule is judged and no notice sent. */
  monitor: Schema.OptionFromNullOr(MonitorStatus)
})

const AlertRuleView = snakeKeys({
  /** As in `Alert`: a later release may have others. */
  name: Schema.String,
  severity: AlertSeverity,
  title: Schema.String,
  meaning: Schema.String,
  /** Null where the condition has no measure. */
  threshold: Schema.NullOr(Schema.Finite),
  unit: Schema.String,
  /** How long the condition must hold before the alert fires. */
  forSeconds: Schema.Finite,
  /** How long it must be gone before the alert resolves. */
  coolDownSeconds: Schema.Finite,
  enabled: Schema.Boolean
})
export const AlertRuleList = Schema.Struct({ rules: Schema.Array(AlertRuleView) })

const AlertReason = Schema.Struct({ reason: writtenReason })
const AlertSilence = Schema.Struct({
  reason: writtenReason,
  /** At most 30 days ahead. Required: a silence without an end is refused. */
  until: Schema.optionalKey(Schema.NullOr(Moment))
})

const SinkTest = Schema.Struct({
  /** One of ALERT_SINKS; all of them if absent. */
  sink: Schema.optionalKey(AlertSinkName)
})
const SinkTestResult = snakeKeys({
  sink: AlertSinkName,
  delivered: Schema.Boolean,
  /** What the sink answered, if it did not take the notice. */
  problem: Schema.NullOr(Schema.String),
  tookMs: Schema.Int
})
export const SinkTestResults = Schema.Struct({ results: Schema.Array(SinkTestResult) })

const params = { alert_id: Schema.FiniteFromString.pipe(Schema.decodeTo(AlertId)) }

export class AlertsGroup
  extends HttpApiGroup.make("alerts").annotate(OpenApi.Description, "Alerts and the rules behind them, for operators.")
    .add(
      HttpApiEndpoint.get("list", "/", {
        query: {
          /** Only those that fire, acknowledged and silenced ones included, if absent. */
          which: Schema.optionalKey(Schema.Literals(["open", "all"])),
          /** Instead of `which`. */
          state: Schema.optionalKey(AlertState),
          rule: Schema.optionalKey(AlertRuleName),
          severity: Schema.optionalKey(AlertSeverity)
        },
        success: AlertList
      }).annotate(OpenApi.Summary, "Alerts").annotate(OpenApi.Description, "Those that are open, or all of them."),
      HttpApiEndpoint.get("rules", "/rules", { success: AlertRuleList }).annotate(
        OpenApi.Summary,
        "The rules with their thresholds and times"
      ).annotate(OpenApi.Description, "What each rule looks at, and how long that must hold before its alert fires."),
      HttpApiEndpoint.post("test", "/test", { payload: SinkTest, success: SinkTestResults, error: BadRequest })
        .annotate(
          OpenApi.Summary,
          "Send a test notice to the sinks"
        ).annotate(
          OpenApi.Description,
          "All sinks, or the named one, get a notice that says it is a test. The answer has what each replied."
        ),
      HttpApiEndpoint.get("get", "/:alert_id", { params, success: AlertHistory, error: NotFound }).annotate(
        OpenApi.Summary,
        "An alert with its events and notices"
      ).annotate(OpenApi.Description, "What happened to it, and which sink got which notice."),
      HttpApiEndpoint.post("acknowledge", "/:alert_id/acknowledge", {
        params,
        payload: AlertReason,
        success: Alert,
        error: [NotFound, Conflict]
      }).annotate(OpenApi.Summary, "Stop an alert's escalation").annotate(
        OpenApi.Description,
        "No further level is notified. The alert stays until its cause is gone."
      ),
      HttpApiEndpoint.post("silence", "/:alert_id/silence", {
        params,
        payload: AlertSilence,
        success: Alert,
        error: [BadRequest, NotFound, Conflict]
      }).annotate(OpenApi.Summary, "Silence an alert's notices until a time").annotate(
        OpenApi.Description,
        "The alert stays open. Notices begin again when the silence ends."
      ),
      HttpApiEndpoint.post("unsilence", "/:alert_id/unsilence", {
        params,
        payload: AlertReason,
        success: Alert,
        error: [NotFound, Conflict]
      }).annotate(OpenApi.Summary, "End a silence").annotate(OpenApi.Description, "Notices are sent again.")
    ).annotateEndpoints(RequiredRole, "operator").middleware(Idempotency).prefix("/api/v1/alerts")
{}
