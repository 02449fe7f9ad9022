/** A state as glyph and word. */
import { type Content, html } from "../html.ts"
import { type Look, lookOfStatus, order, type Shape } from "../statuses.ts"

const ring = html`<circle cx="8" cy="8" r="5.25" fill="none" stroke="currentColor" stroke-width="1.5" />`
const dashed =
  html`<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2.2 1.6" />`
const line = (d: string) =>
  html`<path d=${d} fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" />`
const cut = (d: string) =>
  html`<path d=${d} fill="none" stroke="var(--panel)" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" />`

const shapes: Readonly<Record<Shape, Content>> = {
  waiting: ring,
  service: html`${ring}<circle cx="8" cy="8" r="2" fill="currentColor" />`,
  running: html`${ring}<path d="M8 2.75a5.25 5.25 0 0 0 0 10.5z" fill="currentColor" />`,
  retry: line("M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3"),
  parked: line("M5.5 3.5v9M10.5 3.5v9"),
  complete: html`<circle cx="8" cy="8" r="7" fill="currentColor" />${cut("M5 8.3l2 2 4-4.4")}`,
  failed: html`<rect x="1" y="1" width="14" height="14" rx="2.5" fill="currentColor" />${
    cut("M5.3 5.3l5.4 5.4M10.7 5.3l-5.4 5.4")
  }`,
  cancelled: html`${ring}${line("M4.4 11.6l7.2-7.2")}`,
  unknown: html`${dashed}${line("M6.4 6.4a1.7 1.7 0 1 1 2.4 1.7c-.5.3-.8.6-.8 1.2M8 11.4v.1")}`,
  stale: html`${dashed}${line("M8 5v3.2l2 1.2")}`,
  warning: html`${line("M8 2.2L14.4 13.5H1.6z")}${line("M8 6.4v3M8 11.4v.1")}`
}

interface Props {
  readonly look: Look
  /** Its word stands beside it. */
  readonly silent?: boolean
}

export const Glyph = ({ look, silent = false }: Props) =>
  html`<svg class=${`glyph ${look.tone}`} viewBox="0 0 16 16" ...${
    silent ? { "aria-hidden": true } : { role: "img", "aria-label": look.says }
  }>${silent ? null : html`<title>${look.says}</title>`}${shapes[look.shape]}</svg>`

export const Status = ({ look, status }: { readonly status: string; readonly look?: Look }) =>
  html`<span class="nb"><${Glyph} look=${look ?? lookOfStatus(status)} /> ${status}</span>`

/** How far a document has come: ten pips, of which the present one is in the state's colour. */
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
