/** The workers, the silent ones first. */
import type { OverviewView as Overview } from "../../../../api/overview.ts"
import { duration, short } from "../../format.ts"
import { html } from "../../html.ts"
import { serverNow, stale } from "../../live.ts"
import { Command } from "../../parts/Command.ts"
import { Glyph } from "../../parts/Glyph.ts"
import { Empty } from "../../parts/Panel.ts"
import { type Look, looks } from "../../statuses.ts"
import { Beats } from "./Beats.ts"

type Workers = Overview["workers"]

const states: Readonly<Record<string, Look>> = {
  running: { ...looks.running, says: "running" },
  draining: { ...looks.retry, says: "draining: takes no new jobs" },
  silent: { ...looks.failed, says: "silent: no heartbeat" },
  stopped: { ...looks.waiting, says: "stopped" }
}

const rank = ["silent", "running", "draining", "stopped"]

const inOrder = (workers: Workers): Workers =>
  workers.toSorted((a, b) => rank.indexOf(a.state) - rank.indexOf(b.state) || a.started_at.localeCompare(b.started_at))

export const aliveOf = (workers: Workers) => {
  const expected = workers.filter(({ state }) => state !== "stopped")
  return { alive: expected.filter(({ state }) => state !== "silent"), expected }
}

export const WorkerTable = ({ at, workers }: { readonly at: string; readonly workers: Workers }) =>
  workers.length === 0
    ? html`<${Empty}><p><b>No worker has ever reported.</b> Documents wait until one runs.</p><${Command} line="pnpm worker" /></${Empty}>`
    : html`
  <table class="cards">
    <thead><tr><th>Worker</th><th>Version</th><th class="n">Jobs</th><th class="n" title="Writes refused because another worker held the job by then">Stale</th><th class="n">Up</th><th>Heartbeats, 5 min</th><th class="n">Last</th></tr></thead>
    <tbody>${
      inOrder(workers).map((worker) => {
        const gone = worker.state === "stopped" || worker.state === "silent"
        return html`
      <tr>
        <td class=${`half ${worker.state === "silent" ? "fail" : ""}`}><span class="nb"><${Glyph} look=${
          stale.value ? looks.unknown : states[worker.state] ?? looks.unknown
        } /> <span class="mono">${
          short(worker.worker_id)
        }</span> <span class="q small">${worker.state}</span></span><br /><span class="q small">${worker.hostname}</span></td>
        <td class="mono small nb half">${worker.version}</td>
        <td class="n" data-label="jobs">${gone ? "–" : worker.jobs}</td>
        <td class=${`n ${worker.stale_writes === 0 ? "q" : ""}`} data-label="stale">${worker.stale_writes}</td>
        <td class="n q upfor">${gone ? "–" : duration(serverNow.value - Date.parse(worker.started_at))}</td>
        <td class="full late"><${Beats} beats=${worker.beats} ended=${worker.state === "stopped"} since=${
          Math.max(0, serverNow.value - Date.parse(at)) / 1_000
        } /></td>
        <td class=${`n ${worker.state === "silent" ? "fail" : ""}`} data-label="heartbeat">${
          duration(serverNow.value - Date.parse(worker.heartbeat_at))
        }</td>
      </tr>`
      })
    }</tbody>
  </table>`
