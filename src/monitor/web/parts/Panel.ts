/** A block of facts with its title, its age and a text for when there are none. */
import { duration } from "../format.ts"
import { type Content, html } from "../html.ts"

interface PanelProps {
  readonly title: Content
  readonly note?: Content
  /** Milliseconds since the facts were read; undefined while none are there. */
  readonly age: number | undefined
  readonly error?: string | undefined
  readonly class?: string
  readonly children?: Content
}

/** Facts older than this are shown with a dashed edge. */
const staleAfter = 15_000

export const Panel = ({ age, children, class: extra = "", error, note, title }: PanelProps) => {
  const old = error !== undefined || (age !== undefined && age > staleAfter)
  return html`
    <section class=${`panel ${extra} ${old ? "stale" : ""}`}>
      <header>
        <h2>${title}</h2>
        ${note === undefined ? null : html`<span class="q">${note}</span>`}
        <${Age} age=${age} old=${old} />
      </header>
      ${error === undefined ? null : html`<p class="problem" role="status">${error}</p>`}
      ${age === undefined && error === undefined ? html`<p class="pad qq" role="status">Loading …</p>` : children}
    </section>`
}

export const Age = ({ age, old = false }: { readonly age: number | undefined; readonly old?: boolean }) =>
  html`<span class=${`age ${old ? "old" : ""}`}>${
    age === undefined ? "–" : `${old ? "as of " : ""}${duration(Math.max(1_000, age))} ago`
  }</span>`

export const Empty = ({ children }: { readonly children?: Content }) => html`<div class="empty">${children}</div>`
