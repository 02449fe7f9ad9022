/** The notice of an alert, as a sink gets it. */
import { Option } from "effect"
import type { AlertNotice } from "../../domain/AlertNotice.ts"
import { alertRules } from "../../domain/AlertRule.ts"
import type { OpenAlert, Told } from "../../domain/OpenAlert.ts"

export interface Origin {
  readonly environment: string
  /** The dashboard, as people reach it. */
  readonly dashboard: URL
}

/** For an alert that has an id. */
export const noticeOf =
  ({ dashboard, environment }: Origin) =>
  (alert: OpenAlert, { level, state }: Pick<Told, "level" | "state">): AlertNotice => {
    const id = Option.match(alert.alertId, { onNone: () => "", onSome: String })
    const page = new URL(id === "" ? "/alerts" : `/alerts?id=${id}`, dashboard)
    const { meaning, title } = alertRules[alert.rule]
    return {
      alertId: Option.getOrElse(alert.noticeId, () => id),
      rule: alert.rule,
      subject: alert.subject,
      severity: alert.severity,
      state,
      title,
      description: `${alert.message}\n${meaning}`,
      startedAt: Option.getOrElse(alert.firedAt, () => alert.openedAt),
      endedAt: alert.closedAt,
      labels: alert.code === alert.rule ? {} : { code: alert.code },
      level,
      runbookUrl: new URL(`${page.pathname}${page.search}#runbook`, dashboard).href,
      dashboardUrl: page.href,
      environment
    }
  }
