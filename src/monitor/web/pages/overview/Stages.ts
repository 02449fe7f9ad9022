/** How long documents stay in each status: p50 as a tick, p95 as a diamond, on the band of what is usual. */
import type { OverviewView as Overview } from "../../../../api/overview.ts"
import { count, duration, percent } from "../../format.ts"
import { html } from "../../html.ts"
import { Glyph } from "../../parts/Glyph.ts"
import { looks } from "../../statuses.ts"

/** Logarithmic from 10 ms to an hour: 20 ms and 20 minutes are distinguishable in one column. */
const placed = (ms: number) =>
  Math.min(100, Math.max(0, (Math.log10(Math.max(10, ms)) - 1) / (Math.log10(3_600_000) - 1) * 100))

/** Below this share of successes a status is marked. */
const marked = 0.98
/** The band is from half the usual p50 to twice the usual p95. Past it, and long enough to notice, is marked. */
const slower = 2
const shortest = 1_000

export const Stages = ({ stages }: { readonly stages: Overview["stages"] }) =>
  html`
  <table class="cards">
    <thead><tr><th>Status</th><th class="n">Success</th><th class="n">Ended</th><th class="n">p50</th><th class="n">p95</th><th class="wide">p50 │ p95 ◆ on the usual band</th></tr></thead>
    <tbody>${
    stages.map(({ ended, failed, p50_ms, p95_ms, status, usual_p50_ms, usual_p95_ms }) => {
      const slow = p95_ms !== null && usual_p95_ms !== null && p95_ms > usual_p95_ms * slower && p95_ms > shortest
      const low = ended > 0 && (ended - failed) / ended < marked
      return html`
      <tr>
        <td class="full">${status}</td>
        <td class=${`n ${low ? "fail" : ""}`} data-label="success">${
        low ? html`<${Glyph} look=${looks.failed} silent /> ` : null
      }${percent(ended - failed, ended)}</td>
        <td class="n q" data-label="ended">${count(ended)}</td>
        <td class="n" data-label="p50">${p50_ms === null ? "–" : duration(p50_ms)}</td>
        <td class=${`n ${slow ? "fail" : ""}`} data-label="p95">${
        slow ? html`<${Glyph} look=${looks.warning} silent /> ` : null
      }${p95_ms === null ? "–" : duration(p95_ms)}</td>
        <td class="wide narrow-off"><span class=${`range ${p50_ms === null ? "nodata" : ""} ${
        slow ? "past" : ""
      }`} title=${
        usual_p50_ms === null || usual_p95_ms === null
          ? "Usual times are known after a full hour"
          : `Usual: p50 ${duration(usual_p50_ms)}, p95 ${duration(usual_p95_ms)}`
      } aria-hidden="true">${
        usual_p50_ms === null || usual_p95_ms === null ? null : html`<i class="usual" style=${{
          left: `${placed(usual_p50_ms / slower)}%`,
          width: `${placed(usual_p95_ms * slower) - placed(usual_p50_ms / slower)}%`
        }}></i>`
      }${
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
