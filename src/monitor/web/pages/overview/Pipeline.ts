/** The ten states as a strip: how many, how old, how fast; the failed three below. Each box opens as a filtered list. */
import type { OverviewView as Overview } from "../../../../api/overview.ts"
import { count, duration } from "../../format.ts"
import { html } from "../../html.ts"
import { stale } from "../../live.ts"
import { Glyph } from "../../parts/Glyph.ts"
import { looks, phases } from "../../statuses.ts"

/** An age at which a bar is full and the box turns red. */
const limitMs = 5 * 60_000

const waitedMs = (
  { oldest_since }: Overview["statuses"][number],
  at: string
): number | undefined => oldest_since === null ? undefined : Date.parse(at) - Date.parse(oldest_since)

const Box = ({ flow, seen }: { readonly flow: Overview["statuses"][number] | undefined; readonly seen: Overview }) => {
  if (flow === undefined) return html`<div class="box unknown"><span class="figure none">–</span></div>`
  const waited = waitedMs(flow, seen.at)
  const ended = flow.status === "complete"
  const late = !ended && waited !== undefined && waited > limitMs
  return html`
    <a class=${`box ${late ? "late" : ""}`} href=${`/jobs?filter=${encodeURIComponent(`status:${flow.status}`)}`}>
      <span class="name">${flow.status.replaceAll("_", "_\u200b")}</span>
      <span class=${`figure ${flow.jobs === 0 ? "none" : ""}`}>${
    late && !stale.value ? html`<${Glyph} look=${{ ...looks.failed, says: "over its limit" }} />` : null
  }${count(flow.jobs)}</span>
      <span class="small q waited">${
    ended
      ? "in the last hour"
      : waited === undefined
      ? "none waits"
      : html`<span class="word">oldest </span><b>${duration(Math.max(1_000, waited))}</b>`
  }</span>
      ${
    ended
      ? null
      : html`<span class="fill" aria-hidden="true"><i style=${{
        width: `${Math.min(100, ((waited ?? 0) / limitMs) * 100)}%`
      }}></i></span>`
  }
      <span class="flow"><span>in <b>${count(flow.entered_last_minute)}</b></span>${
    ended ? null : html`<span aria-hidden="true">→</span><span>out <b>${count(flow.left_last_minute)}</b></span>`
  }</span>
    </a>`
}

export const Pipeline = ({ seen }: { readonly seen: Overview }) => {
  const flowOf = (status: string) => seen.statuses.find((each) => each.status === status)
  return html`
    <section class="strip" aria-label="Documents by status">
      ${
    phases.map(({ failed, name, statuses }) => {
      const failures = failed === undefined ? undefined : flowOf(failed)
      const now = statuses.reduce((sum, status) => sum + (flowOf(status)?.jobs ?? 0), 0)
      return html`
          <div class="phase" style=${{ flexGrow: statuses.length }}>
            <h2><span>${name}</span>${failed === undefined ? null : html`<span>${count(now)} now</span>`}</h2>
            <div class="boxes">${
        statuses.map((status) => html`<${Box} key=${status} flow=${flowOf(status)} seen=${seen} />`)
      }</div>
            ${
        failed === undefined
          ? html`<p class="foot q">each proved</p>`
          : html`<a class="foot" href=${`/failures?status=${failed}`}>${
            (failures?.jobs ?? 0) > 0 ? html`<${Glyph} look=${looks.failed} silent />` : null
          }<b>${failures === undefined ? "–" : count(failures.jobs)}</b> ${failed}</a>`
      }
          </div>`
    })
  }
    </section>`
}
