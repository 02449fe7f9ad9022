/** The chunks nearest to one, by vectors that are stored: nothing is bought. */
import type { SearchResult } from "../../../../api/search.ts"
import { html } from "../../html.ts"
import type { Json } from "../../Json.ts"
import { useLoad } from "../../load.ts"

interface Props {
  readonly document: string
  readonly chunk: string
}

export const Nearest = ({ chunk, document }: Props) => {
  const { data, error } = useLoad<Json<typeof SearchResult.Type>>(
    `/api/v1/documents/${document}/chunks/${chunk}/nearest?limit=5`,
    { everyMs: 0 }
  )
  return html`
    <div class="near">
      ${error === undefined ? null : html`<p class="problem">${error}</p>`}
      ${
    data === undefined
      ? error === undefined ? html`<p class="qq small">Comparing vectors …</p>` : null
      : data.hits.length === 0
      ? html`<p class="q small">No neighbour: the chunk has no vector, or no other complete document of this user has one.</p>`
      : html`<table><thead><tr><th>Nearest</th><th class="n">Cosine</th></tr></thead><tbody>${
        data.hits.map((hit) =>
          html`<tr><td class="small"><a href=${`/documents/${hit.document_id}?chunk=${hit.ordinal}`}>${hit.filename}</a> <span class="q">› ${
            hit.headings.at(-1) ?? `chunk ${hit.ordinal}`
          }</span></td><td class="n">${Number(hit.score).toFixed(3)}</td></tr>`
        )
      }</tbody></table>`
  }
    </div>`
}
