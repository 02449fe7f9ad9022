/** How long documents stay in each status: p50 as a tick, p95 as a diamond, on one scale. */
import type { OverviewView as Overview } from "../../../../api/overview.ts"
import { count, duration, percent } from "../../format.ts"
import { html } from "../../html.ts"

/** Logarithmic from 10 ms to an hour: 20 ms and 20 minutes are told apart in one column. */
const placed = (ms: number) =>
  Math.min(100, Math.max(0, (Math.log10(Math.max(10, ms)) - 1) / (Math.log10(3_600_000) - 1) * 100))

export const Stages = ({ stages }: { readonly stages: Overview["stages"] }) =>
  html`
  <table>
    <thead><tr><th>Status</th><th class="n">Success</th><th class="n">Ended</th><th class="n">p50</th><th class="n">p95</th><th class="wide"><span class="q">10 ms to 1 h</span></th></tr></thead>
    <tbody>${
    stages.map(({ ended, failed, p50_ms, p95_ms, status }) =>
      html`
      <tr>
        <td>${status}</td>
        <td class=${`n ${failed > 0 ? "fail" : ""}`}>${failed > 0 ? "■ " : ""}${percent(ended - failed, ended)}</td>
        <td class="n q">${count(ended)}</td>
        <td class="n">${p50_ms === null ? "–" : duration(p50_ms)}</td>
        <td class="n">${p95_ms === null ? "–" : duration(p95_ms)}</td>
        <td class="wide"><span class=${`range ${p50_ms === null ? "nodata" : ""}`} aria-hidden="true">${
        p50_ms === null || p95_ms === null
          ? null
          : html`<i class="tick" style=${{ left: `${placed(p50_ms)}%` }}></i><i class="diamond" style=${{
            left: `${placed(p95_ms)}%`
          }}></i>`
      }</span></td>
      </tr>`
    )
  }</tbody>
  </table>`
