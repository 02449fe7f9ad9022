/** Is anything stuck, where, and since when? */
import type { OverviewView } from "../../../api/overview.ts"
import { plural } from "../format.ts"
import { html } from "../html.ts"
import { age, overview } from "../live.ts"
import { Bars } from "../parts/Bars.ts"
import { Empty, Panel } from "../parts/Panel.ts"
import { AlertPanel } from "./overview/AlertPanel.ts"
import { Changes } from "./overview/Changes.ts"
import { FirstSteps } from "./overview/FirstSteps.ts"
import { Pipeline } from "./overview/Pipeline.ts"
import { ProviderTable } from "./overview/ProviderTable.ts"
import { SpendPanel } from "./overview/SpendPanel.ts"
import { Stages } from "./overview/Stages.ts"
import { Verdict } from "./overview/Verdict.ts"
import { aliveOf, WorkerTable } from "./overview/WorkerTable.ts"

export const Overview = () => {
  const seen = overview.value
  if (seen === undefined) return html`<h1>Overview</h1><p class="qq" role="status">Connecting to the API …</p>`
  const { changes, minutes, stages, workers } = seen
  const isEmpty = seen.in_flight + seen.failed + seen.completed_last_hour === 0 && changes.length === 0
  return html`
    <${Verdict} seen=${seen} />
    <${Pipeline} seen=${seen} />
    ${isEmpty ? html`<${FirstSteps} />` : null}
    <div class="columns">
      <div>
        <${Panel} title="Complete and failed, a minute" note="complete above the line, failed below" age=${age.value}>
          ${
    isEmpty
      ? html`<${Empty}><p>A bar for each minute will appear here.</p></${Empty}>`
      : html`<${Bars} minutes=${minutes} />`
  }
        </${Panel}>
        <${Panel} title="Time in each status" note="the last hour or its newest 5,000 events; the band is the usual range" age=${age.value}><${Stages} stages=${stages} /></${Panel}>
        <${Panel} title="Workers" note=${
    workerNote(workers)
  } age=${age.value}><${WorkerTable} at=${seen.at} workers=${workers} /></${Panel}>
      </div>
      <div>
        <${AlertPanel} seen=${seen} />
        <${Panel} title="Providers" age=${age.value}><${ProviderTable} seen=${seen} /></${Panel}>
        <${SpendPanel} seen=${seen} />
      </div>
    </div>
    <${Panel} title="Last changes" age=${age.value}>${
    changes.length === 0
      ? html`<${Empty}><p>Each step of each document will be listed here as it happens.</p></${Empty}>`
      : html`<${Changes} changes=${changes} />`
  }</${Panel}>`
}

const workerNote = (workers: OverviewView["workers"]) => {
  const { alive, expected } = aliveOf(workers)
  const refused = workers.reduce((sum, each) => sum + each.stale_writes, 0)
  return `${alive.length} of ${expected.length} alive · ${plural(refused, "stale write")} refused`
}
