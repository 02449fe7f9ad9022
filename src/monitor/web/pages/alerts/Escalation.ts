/** Who has been told, by which sink, and what has been done since. */
import { clock, exact, plural } from "../../format.ts"
import { html } from "../../html.ts"
import { Glyph } from "../../parts/Glyph.ts"
import { looks } from "../../statuses.ts"
import type { AlertHistory } from "./types.ts"

export const Escalation = ({ history: { deliveries, events } }: { readonly history: AlertHistory }) =>
  html`
  ${
    deliveries.length === 0
      ? html`<p class="pad q small">No notice has been sent: docs/alerts.md says how to name sinks.</p>`
      : html`<ul class="escalation">${
        deliveries.map(({ attempts, delivered_at, last_error, level, run_at, sink, state }) => {
          const look = delivered_at !== null ? looks.complete : run_at === null ? looks.failed : looks.retry
          return html`<li class=${delivered_at !== null ? "done" : run_at === null ? "fail" : "next"}>
          <b><${Glyph} look=${look} silent /> ${level}</b><span class="q">${sink}, ${state}${
            delivered_at !== null
              ? html` · <time title=${exact(delivered_at)}>${clock(delivered_at)}</time>`
              : ` · ${plural(attempts, "try", "tries")}${last_error === null ? "" : `: ${last_error}`}`
          }</span></li>`
        })
      }</ul>`
  }
  ${
    events.length === 0 ? null : html`
    <table class="cards"><tbody>${
      events.map(({ actor, at, event_id, reason, type }) =>
        html`<tr key=${event_id}><td class="mono q"><time title=${exact(at)}>${
          clock(at)
        }</time></td><td>${type}</td><td class="mono small q half">${actor.slice(0, 20)}</td><td class="why full">${
          reason ?? ""
        }</td></tr>`
      )
    }</tbody></table>`
  }`
