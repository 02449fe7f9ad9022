/** Every transition with its actor, fence and cause. */
import { clock, duration, exact, short } from "../../format.ts"
import { html } from "../../html.ts"
import { Status } from "../../parts/Glyph.ts"
import type { JobEventRow } from "./types.ts"

export const Events = ({ events }: { readonly events: ReadonlyArray<JobEventRow> }) => {
  const start = Date.parse(events[0]?.created_at ?? "")
  return html`
    <table class="cards">
      <thead><tr><th>Time</th><th class="n">After</th><th>Change</th><th>By</th><th>Why</th></tr></thead>
      <tbody>${
    events.toReversed().map((event) =>
      html`
        <tr key=${event.event_id}>
          <td class="mono q"><time title=${exact(event.created_at)}>${clock(event.created_at)}</time></td>
          <td class="n q">+${duration(Date.parse(event.created_at) - start)}</td>
          <td>${
        event.from_status === null || event.from_status === event.to_status
          ? null
          : html`<span class="q">${event.from_status} → </span>`
      }<${Status} status=${event.to_status} />${
        event.type === "moved" ? null : html` <span class="q">${event.type.replaceAll("_", " ")}</span>`
      }</td>
          <td class="mono">${event.actor.startsWith("worker:") ? short(event.actor.slice(7)) : event.actor}</td>
          <td class="q">${event.code === null ? "" : html`<code>${event.code}</code> `}${event.message ?? ""}</td>
        </tr>`
    )
  }</tbody>
    </table>`
}
