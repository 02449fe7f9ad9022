/** What do I do now? */
import { ago, plural } from "../format.ts"
import { html } from "../html.ts"
import { overview, serverNow } from "../live.ts"
import { useLoad } from "../load.ts"
import { Glyph } from "../parts/Glyph.ts"
import { Empty, Sentence } from "../parts/Panel.ts"
import { query } from "../router.ts"
import { looks } from "../statuses.ts"
import { AlertDetail } from "./alerts/AlertDetail.ts"
import { AlertList } from "./alerts/AlertList.ts"
import { TestSinks } from "./alerts/TestSinks.ts"
import { type AlertHistory, type AlertRows, groupOf, isOpen } from "./alerts/types.ts"

export const Alerts = () => {
  const { again, age, data, error } = useLoad<AlertRows>("/api/v1/alerts?which=all", { everyMs: 3_000 })
  const alerts = data?.alerts ?? []
  const firing = alerts.filter((alert) => groupOf(alert) === "Firing")
  const asked = query.value.get("id")
  const listed = alerts.find(({ alert_id }) => String(alert_id) === asked)
  // A link in an old notice leads further back than the list.
  const older = useLoad<AlertHistory>(
    asked === null || data === undefined || listed !== undefined ? null : `/api/v1/alerts/${encodeURIComponent(asked)}`,
    { everyMs: 0 }
  )
  const chosen = asked === null ? firing[0] ?? alerts.find(isOpen) : listed ?? older.data?.alert
  return html`
    <${Sentence} age=${age} error=${error} note=${data === undefined ? undefined : judged(data)}>${
    data === undefined ? "Alerts" : sentenceOf(data, firing.length)
  }</${Sentence}>
    <div class="with-side wide-side">
      <div>
        ${
    (["Firing", "Pending", "Acknowledged", "Silenced", "Ended"] as const).map((name) => {
      const of = alerts.filter((alert) => groupOf(alert) === name)
      return of.length === 0 && name !== "Firing"
        ? null
        : html`<${AlertList} key=${name} title=${name} alerts=${
          name === "Ended" ? of.slice(0, 15) : of
        } chosen=${chosen} />`
    })
  }
        <${TestSinks} />
      </div>
      ${
    chosen === undefined && asked !== null
      ? html`<section class="panel pad"><p class=${older.error === undefined ? "qq" : "problem"} role="status">${
        older.error ?? "Loading …"
      }</p></section>`
      : chosen === undefined
      ? html`<section class="panel"><${Empty}><p><b>When an alert fires, its runbook appears here:</b> what it means, what to check, how to repair it, with the current numbers.</p><p class="q">Rules, thresholds and recipients: docs/alerts.md.</p></${Empty}></section>`
      : html`<${AlertDetail} key=${chosen.alert_id} alert=${chosen} age=${age} again=${again} seen=${overview.value} />`
  }
    </div>`
}

/** No monitor, no verdict: that nothing fires means nothing then. */
const blind = ({ monitor }: AlertRows): boolean => monitor === null || !monitor.alive

const sentenceOf = (data: AlertRows, firing: number): string =>
  blind(data)
    ? `No monitor evaluates the rules${
      firing === 0 ? ", so nothing is known." : `; ${plural(firing, "alert")} from before.`
    }`
    : firing === 0
    ? "No alert is firing."
    : `${plural(firing, "alert fires", "alerts fire")}.`

const judged = (data: AlertRows) =>
  blind(data)
    ? html`<span class="warn"><${Glyph} look=${looks.stale} silent /> start one with <code>pnpm monitor</code></span>`
    : data.monitor === null || data.monitor.judged_at === null
    ? "rules not evaluated yet"
    : `rules judged ${ago(data.monitor.judged_at, serverNow.value)} by ${data.monitor.hostname}`
