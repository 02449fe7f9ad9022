/** A state as glyph and word. */
import { html } from "../html.ts"
import { type Look, lookOfStatus, order } from "../statuses.ts"

export const Glyph = ({ look }: { readonly look: Look }) =>
  html`<span class=${`glyph ${look.tone}`} role="img" aria-label=${look.says} title=${look.says}>${look.glyph}</span>`

export const Status = ({ look, status }: { readonly status: string; readonly look?: Look }) =>
  html`<span class="nb"><${Glyph} look=${look ?? lookOfStatus(status)} /> ${status}</span>`

/** How far a document has come: ten pips, with the current one in the state's colour. */
export const Pips = ({ look, status }: { readonly status: string; readonly look: Look }) => {
  const at = status === "failed_parse"
    ? 1
    : status === "failed_chunking"
    ? 4
    : status === "failed_embedding"
    ? 7
    : order.findIndex((each) => each === status)
  return html`<span class="pips" aria-hidden="true">${
    order.map((_, index) => html`<i class=${index < at ? "past" : index === at ? look.tone : ""}></i>`)
  }</span>`
}
