/** What fires. An empty list says so in words: silence is not the same as nothing known. */
import type { OverviewView as Overview } from "../../../../api/overview.ts"
import { duration, exact } from "../../format.ts"
import { html } from "../../html.ts"
import { age, serverNow } from "../../live.ts"
import { Glyph } from "../../parts/Glyph.ts"
import { Panel } from "../../parts/Panel.ts"
import { type Look, looks } from "../../statuses.ts"

const lookOf = ({ severity, state }: Overview["alerts"][number]): Look =>
  state === "silenced"
    ? { ...looks.parked, says: "silenced" }
    : state === "acknowledged"
    ? { ...looks.running, says: "acknowledged" }
    : severity === "critical"
    ? { ...looks.failed, says: "critical" }
    : { ...looks.warning, says: severity }

export const AlertPanel = ({ seen }: { readonly seen: Overview }) =>
  html`
  <${Panel} title="Alerts" note=${
    seen.alerts.length === 0 ? undefined : `${seen.alerts.filter(({ state }) => state === "firing").length} firing`
  } age=${age.value}>
    ${
    seen.alerts.length === 0
      ? html`<p class="pad q">None fires. <a href="/alerts">Earlier ones</a></p>`
      : html`<ul class="alerts">${
        seen.alerts.map((alert) =>
          html`<li data-row><${Glyph} look=${
            lookOf(alert)
          } /><div><a href=${`/alerts?id=${alert.alert_id}`}>${alert.message}</a><p class="small q"><code>${alert.code}</code>${
            alert.state === "firing" ? "" : ` · ${alert.state}`
          }</p></div><time title=${exact(alert.opened_at)}>${
            duration(serverNow.value - Date.parse(alert.opened_at))
          }</time></li>`
        )
      }</ul>`
  }
  </${Panel}>`
