/** The ten states as a strip: how many, how old, how fast; the failed three below. Each box opens as a filtered list. */
import type { OverviewView as Overview } from "../../../../api/overview.ts"
import { count, duration } from "../../format.ts"
import { html } from "../../html.ts"
import { phases } from "../../statuses.ts"

/** An age at which a bar is full and the box turns red. */
const limit = 5 * 60_000

const Box = ({ flow, seen }: { readonly flow: Overview["statuses"][number] | undefined; readonly seen: Overview }) => {
  if (flow === undefined) return html`<div class="box unknown"><span>–</span></div>`
  const waited = flow.oldest_since === null ? undefined : Date.parse(seen.at) - Date.parse(flow.oldest_since)
  const ended = flow.status === "complete"
  const late = !ended && waited !== undefined && waited > limit
  return html`
    <a class=${`box ${late ? "late" : ""}`} href=${`/jobs?filter=${encodeURIComponent(`status:${flow.status}`)}`}>
      <span class="name">${flow.status.replaceAll("_", "_​")}</span>
      <span class=${`figure ${flow.jobs === 0 ? "none" : ""}`}>${late ? "■ " : ""}${count(flow.jobs)}</span>
      <span class="small q">${
    ended ? "in the last hour" : waited === undefined ? "none waiting" : html`oldest <b>${duration(waited)}</b>`
  }</span>
      ${
    ended
      ? null
      : html`<span class="fill" aria-hidden="true"><i style=${{
        width: `${Math.min(100, ((waited ?? 0) / limit) * 100)}%`
      }}></i></span>`
  }
      <span class="small flow">in <b>${count(flow.entered_last_minute)}</b>${
    ended ? "" : html` → out <b>${count(flow.left_last_minute)}</b>`
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
      return html`
          <div class="phase" style=${{ flexGrow: statuses.length }}>
            <h2>${name}</h2>
            <div class="boxes">${
        statuses.map((status) => html`<${Box} key=${status} flow=${flowOf(status)} seen=${seen} />`)
      }</div>
            ${
        failed === undefined
          ? html`<p class="foot q">each proved by a receipt</p>`
          : html`<a class="foot" href=${`/failures?status=${failed}`}>${
            (failures?.jobs ?? 0) > 0 ? html`<span class="glyph fail" aria-hidden="true">■</span> ` : ""
          }<b>${failures === undefined ? "–" : count(failures.jobs)}</b> ${failed}</a>`
      }
          </div>`
    })
  }
    </section>`
}
