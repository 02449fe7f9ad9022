/** Every transition with its actor, fence and cause. */
import { actorOf, clock, duration, exact } from "../../format.ts"
import { html } from "../../html.ts"
import { Glyph, Status } from "../../parts/Glyph.ts"
import { looks } from "../../statuses.ts"
import type { JobEventRow } from "./types.ts"

const words: Readonly<Record<string, string>> = {
  retry_scheduled: "next try scheduled",
  parked: "parked",
  crashed: "worker lost",
  note: "note"
}

const looksOf = {
  retry_scheduled: looks.retry,
  parked: looks.parked,
  crashed: looks.warning,
  note: looks.service
} as const

export const Events = ({ events }: { readonly events: ReadonlyArray<JobEventRow> }) => {
  const start = Date.parse(events[0]?.created_at ?? "")
  return html`
    <table class="cards">
      <thead><tr><th>Time</th><th class="n">After</th><th>Change</th><th>By</th><th class="n">Fence</th><th>Why</th></tr></thead>
      <tbody>${
    events.toReversed().map((event) =>
      html`
        <tr key=${event.event_id}>
          <td class="mono q early"><time title=${exact(event.created_at)}>${clock(event.created_at)}</time></td>
          <td class="n q" data-label="after">+${duration(Date.parse(event.created_at) - start)}</td>
          <td class="three early">${
        event.from_status === null || event.from_status === event.to_status
          ? event.type === "moved" ? null : html`<span class="q">${event.to_status} → </span>`
          : html`<span class="q">${event.from_status} → </span>`
      }${
        event.type === "moved"
          ? html`<${Status} status=${event.to_status} />`
          : html`<span class="nb"><${Glyph} look=${looksOf[event.type]} silent /> ${words[event.type]}</span>`
      }</td>
          <td class="mono half">${actorOf(event.actor)}</td>
          <td class="n q" data-label="fence">${event.fence}</td>
          <td class="why full">${event.code === null ? "" : html`<code>${event.code}</code> `}${
        event.message ?? ""
      }</td>
        </tr>`
    )
  }</tbody>
    </table>`
}
