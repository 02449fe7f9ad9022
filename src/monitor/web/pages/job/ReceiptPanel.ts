/** The proof: counted in the tables, not reported by a worker. */
import type { Receipt, ReceiptCheck } from "../../../../domain/Receipt.ts"
import { html } from "../../html.ts"
import type { Json } from "../../Json.ts"
import { useLoad } from "../../load.ts"
import { Glyph } from "../../parts/Glyph.ts"
import { Panel } from "../../parts/Panel.ts"
import { looks } from "../../statuses.ts"

const checks: Readonly<Record<ReceiptCheck, string>> = {
  chunks_match_plan: "chunks match the plan",
  ordinals_without_gap: "numbered without gaps",
  vectors_match_chunks: "a vector for each chunk",
  model_matches: "model",
  dimensions_match: "dimensions",
  norms_positive: "norms above 0",
  chunk_hashes_match: "hashes match"
}

export const ReceiptPanel = (
  { id, of, status }: { readonly id: string; readonly of: string; readonly status: string }
) => {
  const { age, data, error } = useLoad<Json<Receipt>>(
    `/api/v1/jobs/${id}/receipt${of}`,
    status === "complete" ? 60_000 : 5_000
  )
  const proved = status === "complete" && data !== undefined && data.failed_checks.length === 0
  return html`
    <${Panel} title="Receipt" note=${
    data === undefined
      ? undefined
      : html`<span class=${`tag ${proved ? "t-done" : "dashed"}`}>${proved ? "proved" : "not yet verified"}</span>`
  } age=${age} error=${error}>
      ${
    data === undefined ? null : html`
        <ul class="checks">${
      Object.entries(checks).map(([name, words]) => {
        const holds = !data.failed_checks.some((each) => each === name)
        return html`<li><${Glyph} look=${
          holds ? looks.complete : status === "complete" ? looks.failed : looks.waiting
        } /> ${words}</li>`
      })
    }</ul>
        <p class="pad q small">${data.chunks_stored} of ${data.chunks_expected} chunks and ${data.vectors_stored} vectors are in the tables.</p>`
  }
    </${Panel}>`
}
