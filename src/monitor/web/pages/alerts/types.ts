/** Alerts as JSON. */
import type { AlertList, AlertRuleList } from "../../../../api/alerts.ts"
import type { Alert, AlertHistory as History } from "../../../../domain/Alert.ts"
import type { Json } from "../../Json.ts"

export type AlertRow = Json<Alert>
export type AlertRows = Json<typeof AlertList.Type>
export type AlertHistory = Json<History>
export type RuleRows = Json<typeof AlertRuleList.Type>

export const isOpen = (alert: AlertRow): boolean => alert.closed_at === null

export const groupOf = (alert: AlertRow): "Firing" | "Pending" | "Acknowledged" | "Silenced" | "Ended" => {
  if (!isOpen(alert)) return "Ended"
  switch (alert.state) {
    case "pending":
      return "Pending"
    case "acknowledged":
      return "Acknowledged"
    case "silenced":
      return "Silenced"
    case "firing":
    case "resolved":
      return "Firing"
  }
}
