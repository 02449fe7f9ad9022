/** The workers, the silent ones first. */
import type { OverviewView as Overview } from "../../../../api/overview.ts"
import { ago, short } from "../../format.ts"
import { html } from "../../html.ts"
import { serverNow } from "../../live.ts"
import { Glyph } from "../../parts/Glyph.ts"
import { Empty } from "../../parts/Panel.ts"
import type { Look } from "../../statuses.ts"

const looks: Readonly<Record<string, Look>> = {
  running: { glyph: "◐", tone: "run", says: "running" },
  draining: { glyph: "↻", tone: "park", says: "draining: takes no new jobs" },
  silent: { glyph: "■", tone: "fail", says: "silent: no heartbeat" },
  stopped: { glyph: "○", tone: "wait", says: "stopped" }
}

export const WorkerTable = ({ workers }: { readonly workers: Overview["workers"] }) =>
  workers.length === 0
    ? html`<${Empty}><p>No worker has ever reported. Documents wait until one is running: <code>pnpm worker</code></p></${Empty}>`
    : html`
  <table>
    <thead><tr><th>Worker</th><th>Version</th><th>Host</th><th class="n">Jobs</th><th class="n">Stale writes</th><th class="n">Heartbeat</th></tr></thead>
    <tbody>${
      workers.map((worker) =>
        html`
      <tr class=${worker.state}>
        <td><${Glyph} look=${looks[worker.state] ?? looks["stopped"]} /> <span class="mono">${
          short(worker.worker_id)
        }</span> <span class="q">${worker.state}</span></td>
        <td class="mono small">${worker.version}</td>
        <td class="q">${worker.hostname}</td>
        <td class="n">${worker.state === "running" || worker.state === "draining" ? worker.jobs : "–"}</td>
        <td class="n">${worker.stale_writes}</td>
        <td class=${`n ${worker.state === "silent" ? "fail" : ""}`}>${ago(worker.heartbeat_at, serverNow.value)}</td>
      </tr>`
      )
    }</tbody>
  </table>`
