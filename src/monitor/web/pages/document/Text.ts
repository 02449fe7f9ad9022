/** The parsed text, cut where the chunks are; what two chunks share is shown with the first. */
import { count } from "../../format.ts"
import { html } from "../../html.ts"
import { Markdown } from "./markdown.ts"
import type { ChunkRow } from "./types.ts"

interface Props {
  readonly text: string
  readonly chunks: ReadonlyArray<ChunkRow>
  readonly chosen: number | undefined
  readonly choose: (ordinal: number) => void
}

export const Text = ({ choose, chosen, chunks, text }: Props) => {
  let at = chunks[0]?.start ?? 0
  let page: number | null = null
  return html`<div>${
    chunks.map((chunk) => {
      const from = Math.max(at, chunk.start)
      at = Math.max(at, chunk.end)
      const turned = chunk.page !== null && chunk.page !== page
      page = chunk.page ?? page
      return html`
        ${turned ? html`<p class="page-mark">page ${count(chunk.page ?? 0)}</p>` : null}
        <div class=${`reader ${chosen === chunk.ordinal ? "chosen" : ""}`} id=${`text-${chunk.ordinal}`} onClick=${() =>
        choose(chunk.ordinal)}>
          <span class="ord">${chunk.ordinal}</span>
          <div class="text"><${Markdown} text=${text.slice(from, chunk.end)} /></div>
        </div>`
    })
  }</div>`
}
