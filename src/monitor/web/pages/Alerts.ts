/** What do I do now? */
import { ago, clock, exact, plural } from "../format.ts"
import { html } from "../html.ts"
import { serverNow } from "../live.ts"
import { useLoad } from "../load.ts"
import { Age, Empty } from "../parts/Panel.ts"
import { query } from "../router.ts"
import { Runbook } from "./alerts/Runbook.ts"

export interface AlertRow {
  readonly alert_id: number
  readonly key: string
  readonly code: string
  readonly message: string
  readonly count: number
  readonly opened_at: string
  readonly seen_at: string
  readonly closed_at: string | null
}

export const Alerts = () => {
  const { age, data, error } = useLoad<{ readonly alerts: ReadonlyArray<AlertRow> }>("/api/v1/alerts?which=all", 3_000)
  const open = data?.alerts.filter(({ closed_at }) => closed_at === null) ?? []
  const ended = data?.alerts.filter(({ closed_at }) => closed_at !== null) ?? []
  const chosen = data?.alerts.find(({ alert_id }) => String(alert_id) === query.value.get("id")) ?? open[0]
  return html`
    <header class="title"><h1>${
    data === undefined
      ? "Alerts"
      : open.length === 0
      ? "No alert is open."
      : `${plural(open.length, "alert is", "alerts are")} open.`
  }</h1><${Age} age=${age} old=${error !== undefined} /></header>
    ${error === undefined ? null : html`<p class="problem" role="alert">${error}</p>`}
    <div class="with-side wide-side">
      <div>
        <${List} title="Open" alerts=${open} chosen=${chosen} empty="None." />
        <${List} title="Closed" alerts=${ended.slice(0, 20)} chosen=${chosen} empty="No alert has ever fired." />
      </div>
      ${
    chosen === undefined
      ? html`<section class="panel"><${Empty}><p>When an alert opens, its runbook appears here: what it means, what to check and how to fix it.</p></${Empty}></section>`
      : html`<${Runbook} alert=${chosen} age=${age} />`
  }
    </div>`
}

interface ListProps {
  readonly title: string
  readonly alerts: ReadonlyArray<AlertRow>
  readonly chosen: AlertRow | undefined
  readonly empty: string
}

const List = ({ alerts, chosen, empty, title }: ListProps) =>
  html`
  <section class="panel">
    <header><h2>${title}</h2></header>
    ${
    alerts.length === 0 ?
      html`<p class="pad q">${empty}</p>` :
      html`<ul class="alerts">${
        alerts.map((alert) =>
          html`<li data-row aria-current=${alert === chosen ? "true" : undefined}>
      <span class=${`glyph ${alert.closed_at === null ? "fail" : "done"}`} role="img" aria-label=${
            alert.closed_at === null ? "open" : "closed"
          }>${alert.closed_at === null ? "■" : "●"}</span>
      <div><a href=${`/alerts?id=${alert.alert_id}`}>${alert.message}</a>
      <p class="small q"><code>${alert.code}</code> · <time title=${exact(alert.opened_at)}>${
            alert.closed_at === null ? ago(alert.opened_at, serverNow.value) : clock(alert.opened_at)
          }</time>${alert.count > 1 ? ` · ${alert.count} times` : ""}</p></div></li>`
        )
      }</ul>`
  }
  </section>`
