/** How long documents stay in each status: p50 as a tick, p95 as a diamond, on one scale. */
import type { OverviewView as Overview } from "../../../../api/overview.ts"
import { count, duration, percent } from "../../format.ts"
import { html } from "../../html.ts"
import { Glyph } from "../../parts/Glyph.ts"
import { looks } from "../../statuses.ts"

/** Logarithmic from 10 ms to an hour: 20 ms and 20 minutes are told apart in one column. */
const placed = (ms: number) =>
  Math.min(100, Math.max(0, (Math.log10(Math.max(10, ms)) - 1) / (Math.log10(3_600_000) - 1) * 100))

/** Below this share of successes a status is marked. */
const marked = 0.98

export const Stages = ({ stages }: { readonly stages: Overview["stages"] }) =>
  html`
  <table class="cards">
    <thead><tr><th>Status</th><th class="n">Success</th><th class="n">Ended</th><th class="n">p50</th><th class="n">p95</th><th class="wide">p50 │ p95 ◆ from 10 ms to 1 h</th></tr></thead>
    <tbody>${
    stages.map(({ ended, failed, p50_ms, p95_ms, status }) => {
      const low = ended > 0 && (ended - failed) / ended < marked
      return html`
      <tr>
        <td class="full">${status}</td>
        <td class=${`n ${low ? "fail" : ""}`} data-label="success">${
        low ? html`<${Glyph} look=${looks.failed} silent /> ` : null
      }${percent(ended - failed, ended)}</td>
        <td class="n q" data-label="ended">${count(ended)}</td>
        <td class="n" data-label="p50">${p50_ms === null ? "–" : duration(p50_ms)}</td>
        <td class="n" data-label="p95">${p95_ms === null ? "–" : duration(p95_ms)}</td>
        <td class="wide narrow-off"><span class=${`range ${p50_ms === null ? "nodata" : ""}`} aria-hidden="true">${
        p50_ms === null || p95_ms === null
          ? null
          : html`<i class="reach" style=${{
            left: `${placed(p50_ms)}%`,
            width: `${placed(p95_ms) - placed(p50_ms)}%`
          }}></i><i class="tick" style=${{ left: `${placed(p50_ms)}%` }}></i><i class="diamond" style=${{
            left: `${placed(p95_ms)}%`
          }}></i>`
      }</span></td>
      </tr>`
    })
  }</tbody>
  </table>`
