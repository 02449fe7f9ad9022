/** A block of facts with its title, its age, and what it says when there are none. */
import { duration } from "../format.ts"
import { type Content, html } from "../html.ts"
import { stale } from "../live.ts"
import { looks } from "../statuses.ts"
import { Glyph } from "./Glyph.ts"

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
  const old = error !== undefined || stale.value || (age !== undefined && age > staleAfter)
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
    age === undefined ?
      "–" :
      html`${old ? html`<${Glyph} look=${looks.stale} silent /> as of ` : ""}${
        duration(Math.max(1_000, Math.floor(age / 1_000) * 1_000))
      } ago`
  }</span>`

export const Empty = ({ children }: { readonly children?: Content }) => html`<div class="empty">${children}</div>`

interface SentenceProps {
  readonly children?: Content
  /** What it is judged from. */
  readonly note?: Content
  readonly age?: number | undefined
  readonly error?: string | undefined
}

/** Every page begins with its answer. */
export const Sentence = ({ age, children, error, note }: SentenceProps) =>
  html`
  <header class="title"><h1>${children}</h1>${
    note === undefined || note === null ? null : html`<span class="q">${note}</span>`
  }${age === undefined && error === undefined ? null : html`<${Age} age=${age} old=${error !== undefined} />`}</header>
  ${error === undefined ? null : html`<p class="problem" role="alert">${error}</p>`}`
