/** Alerts in one state. */
import { ago, duration, exact } from "../../format.ts"
import { html } from "../../html.ts"
import { serverNow } from "../../live.ts"
import { Glyph } from "../../parts/Glyph.ts"
import { type Look, looks } from "../../statuses.ts"
import { type AlertRow, groupOf } from "./types.ts"

interface Props {
  readonly title: string
  readonly alerts: ReadonlyArray<AlertRow>
  readonly chosen: AlertRow | undefined
}

export const lookOfAlert = (alert: AlertRow): Look => {
  switch (groupOf(alert)) {
    case "Firing":
      return alert.severity === "warning" || alert.severity === "info"
        ? { ...looks.warning, says: "warning" }
        : { ...looks.failed, says: "critical" }
    case "Pending":
      return { ...looks.waiting, says: "pending" }
    case "Acknowledged":
      return { ...looks.running, says: "acknowledged" }
    case "Silenced":
      return { ...looks.parked, says: "silenced" }
    case "Ended":
      return { ...looks.complete, says: "ended" }
  }
}

export const AlertList = ({ alerts, chosen, title }: Props) =>
  html`
  <section class="panel">
    <header><h2>${title}</h2></header>
    ${
    alerts.length === 0
      ? html`<p class="pad q">Nothing fires.</p>`
      : html`<ul class="alerts">${
        alerts.map((alert) =>
          html`<li key=${alert.alert_id} data-row aria-current=${alert === chosen ? "true" : undefined}>
      <${Glyph} look=${lookOfAlert(alert)} />
      <div><a href=${`/alerts?id=${alert.alert_id}`}>${alert.message}</a>
      <p class="small q"><code>${alert.code}</code>${detailOf(alert)}</p></div>
      <time title=${exact(alert.fired_at ?? alert.opened_at)}>${
            alert.closed_at === null
              ? duration(serverNow.value - Date.parse(alert.fired_at ?? alert.opened_at))
              : ago(alert.closed_at, serverNow.value)
          }</time></li>`
        )
      }</ul>`
  }
  </section>`

const detailOf = (alert: AlertRow): string =>
  groupOf(alert) === "Silenced" && alert.silenced_until !== null
    ? ` · until ${exact(alert.silenced_until).slice(5, 16)}${
      alert.change_reason === null ? "" : `: “${alert.change_reason}”`
    }`
    : groupOf(alert) === "Acknowledged" && alert.change_reason !== null
    ? ` · “${alert.change_reason}”`
    : alert.closed_at === null
    ? ""
    : ` · lasted ${duration(Date.parse(alert.closed_at) - Date.parse(alert.opened_at))}`
