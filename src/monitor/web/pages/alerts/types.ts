/** Alerts as JSON. */
export interface AlertRow {
  readonly alert_id: number
  readonly rule?: string
  readonly subject?: string
  readonly key: string
  readonly code: string
  readonly severity?: "critical" | "warning" | "info"
  readonly state?: "pending" | "firing" | "acknowledged" | "silenced" | "resolved"
  readonly message: string
  readonly count: number
  readonly opened_at: string
  readonly fired_at?: string | null
  readonly seen_at: string
  readonly silenced_until?: string | null
  readonly closed_at: string | null
  readonly changed_by?: string
  readonly change_reason?: string | null
  readonly level?: string | null
}

export interface AlertRows {
  readonly alerts: ReadonlyArray<AlertRow>
  readonly monitor?: {
    readonly hostname: string
    readonly beat_at: string
    readonly judged_at: string | null
    readonly alive: boolean
  } | null
}

export interface AlertHistory {
  readonly alert: AlertRow
  readonly events: ReadonlyArray<{
    readonly event_id: number
    readonly at: string
    readonly type: string
    readonly actor: string
    readonly reason: string | null
  }>
  readonly deliveries: ReadonlyArray<{
    readonly sink: string
    readonly state: string
    readonly level: string
    readonly attempts: number
    readonly created_at: string
    readonly delivered_at: string | null
    readonly run_at: string | null
    readonly last_error: string | null
  }>
}

export interface RuleRows {
  readonly rules: ReadonlyArray<{
    readonly name: string
    readonly meaning: string
    readonly threshold: number | null
    readonly unit: string
    readonly for_seconds: number
    readonly cool_down_seconds: number
  }>
}

export const isOpen = (alert: AlertRow): boolean => alert.closed_at === null

export const groupOf = (alert: AlertRow): "Firing" | "Pending" | "Acknowledged" | "Silenced" | "Ended" => {
  if (!isOpen(alert) || alert.state === "resolved") return "Ended"
  switch (alert.state) {
    case "pending":
      return "Pending"
    case "acknowledged":
      return "Acknowledged"
    case "silenced":
      return "Silenced"
    default:
      return "Firing"
  }
}
