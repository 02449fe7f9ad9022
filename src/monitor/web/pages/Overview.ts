/** Is anything stuck, where, and since when? */
import { count, duration, money, plural } from "../format.ts"
import { html } from "../html.ts"
import { age, overview } from "../live.ts"
import { Bars } from "../parts/Bars.ts"
import { Empty, Panel } from "../parts/Panel.ts"
import { Changes } from "./overview/Changes.ts"
import { Pipeline } from "./overview/Pipeline.ts"
import { ProviderTable } from "./overview/ProviderTable.ts"
import { Stages } from "./overview/Stages.ts"
import { Verdict } from "./overview/Verdict.ts"
import { WorkerTable } from "./overview/WorkerTable.ts"

export const Overview = () => {
  const seen = overview.value
  if (seen === undefined) return html`<h1>Overview</h1><p class="qq" role="status">Connecting to the API …</p>`
  const { changes, minutes, providers, spend, stages, workers } = seen
  const isEmpty = seen.in_flight + seen.failed + seen.completed_last_hour === 0 && changes.length === 0
  return html`
    <${Verdict} seen=${seen} />
    <${Pipeline} seen=${seen} />
    <div class="columns">
      <div>
        <${Panel} title="Completed and failed per minute" note="complete above the line, failed below" age=${age.value}>
          ${isEmpty ? html`<${First} />` : html`<${Bars} minutes=${minutes} />`}
        </${Panel}>
        <${Panel} title="Time in each status" note="last hour" age=${age.value}><${Stages} stages=${stages} /></${Panel}>
        <${Panel} title="Workers" note=${
    workerNote(workers)
  } age=${age.value}><${WorkerTable} workers=${workers} /></${Panel}>
      </div>
      <div>
        <${Panel} title="Alerts" age=${age.value}>
          ${
    seen.alerts.length === 0
      ? html`<p class="pad q">None is open.</p>`
      : html`<ul class="alerts">${
        seen.alerts.map((alert) =>
          html`<li data-row><span class="glyph fail" role="img" aria-label="open">■</span><div><a href=${`/alerts?id=${alert.alert_id}`}>${alert.message}</a><p class="mono small q">${alert.code}</p></div></li>`
        )
      }</ul>`
  }
        </${Panel}>
        <${Panel} title="Providers" age=${age.value}><${ProviderTable} providers=${providers} /></${Panel}>
        <${Panel} title="Spend" age=${age.value}>
          <div class="pad">
            <p><span class="figure">${money(spend.today_usd)}</span> today <span class="q">${
    count(spend.tokens_today)
  } tokens</span></p>
            <p class="q">${money(spend.month_usd)} ${
    spend.limit_usd === null ? "this month, no overall limit" : `of ${money(spend.limit_usd)} this month`
  }</p>
            ${
    spend.limit_usd === null || spend.limit_usd === 0
      ? null
      : html`<meter class="wide" min="0" max=${spend.limit_usd} high=${
        spend.limit_usd * 0.9
      } value=${spend.month_usd} aria-label="Spent of this month's limit"></meter>`
  }
            <dl class="facts">
              <dt>vectors reused</dt><dd>${plural(spend.reused_today, "vector")}</dd>
              <dt>paid but lost</dt><dd>${money(spend.lost_today_usd)}</dd>
            </dl>
          </div>
        </${Panel}>
      </div>
    </div>
    <${Panel} title="Last changes" age=${age.value}>${
    changes.length === 0 ? html`<${First} />` : html`<${Changes} changes=${changes} />`
  }</${Panel}>`
}

const workerNote = (workers: ReadonlyArray<{ readonly state: string; readonly stale_writes: number }>) => {
  const alive = workers.filter(({ state }) => state === "running" || state === "draining").length
  const refused = workers.reduce((sum, each) => sum + each.stale_writes, 0)
  return `${alive} of ${workers.length} alive · ${plural(refused, "stale write")} refused`
}

const First = () =>
  html`
  <${Empty}>
    <p>No document has been uploaded yet. Each one appears here as it moves through the ten states.</p>
    <p><a href="/upload">Drop a file</a>, or <code>pnpm accessa ingest examples/documents</code></p>
  </${Empty}>`

export const since = (iso: string, at: string): string => duration(Date.parse(at) - Date.parse(iso))
