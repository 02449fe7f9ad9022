/** The newest transitions of all documents. */
import type { OverviewView as Overview } from "../../../../api/overview.ts"
import { actorOf, clock, exact } from "../../format.ts"
import { html } from "../../html.ts"
import { FileName } from "../../parts/FileName.ts"
import { Status } from "../../parts/Glyph.ts"

export const Changes = ({ changes }: { readonly changes: Overview["changes"] }) =>
  html`
  <table class="cards">
    <thead><tr><th>Time</th><th>Document</th><th>Change</th><th>By</th></tr></thead>
    <tbody>${
    changes.map((change) =>
      html`
      <tr key=${change.event_id} data-row>
        <td class="mono q"><time title=${exact(change.at)}>${clock(change.at)}</time></td>
        <td class="name"><a href=${`/jobs/${change.job_id}?user_id=${change.user_id}`}><${FileName} name=${change.filename} /></a></td>
        <td class="full">${
        change.from_status === null || change.from_status === change.to_status
          ? null
          : html`<span class="q">${change.from_status} → </span>`
      }<${Status} status=${change.to_status} />${
        change.code === null ? null : html` <code class="small q">${change.code}</code>`
      }</td>
        <td class="mono q">${actorOf(change.actor)}</td>
      </tr>`
    )
  }</tbody>
  </table>`
