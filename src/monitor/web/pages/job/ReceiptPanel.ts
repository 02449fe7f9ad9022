/** The proof: what was counted in the tables, never what a worker believes. Nothing is ticked that has no data. */
import type { Receipt, ReceiptCheck } from "../../../../domain/Receipt.ts"
import { count, plural, short } from "../../format.ts"
import { type Content, html } from "../../html.ts"
import type { Json } from "../../Json.ts"
import { useLoad } from "../../load.ts"
import { Glyph } from "../../parts/Glyph.ts"
import { Panel } from "../../parts/Panel.ts"
import { looks } from "../../statuses.ts"
import type { JobRow } from "./types.ts"

type Row = Json<Receipt>

interface Check {
  readonly words: string
  /** Without such rows it says nothing. */
  readonly needs: "chunks_stored" | "vectors_stored"
  readonly found: (receipt: Row) => Content
}

const checks: Readonly<Record<ReceiptCheck, Check>> = {
  chunks_match_plan: {
    words: "chunks match the plan",
    needs: "chunks_stored",
    found: ({ chunks_expected, chunks_stored }) => `${count(chunks_stored)} of ${count(chunks_expected)}`
  },
  ordinals_without_gap: {
    words: "numbers without a gap",
    needs: "chunks_stored",
    found: ({ chunks_stored }) => chunks_stored === 0 ? "–" : `0–${count(chunks_stored - 1)}`
  },
  vectors_match_chunks: {
    words: "a vector for each chunk",
    needs: "vectors_stored",
    found: ({ chunks_stored, vectors_stored }) => `${count(vectors_stored)} of ${count(chunks_stored)}`
  },
  model_matches: {
    words: "model",
    needs: "vectors_stored",
    found: ({ embed_model, embed_version }) =>
      embed_model === "" ? "–" : `${embed_model.replace("text-embedding-", "")} @${embed_version}`
  },
  dimensions_match: {
    words: "dimensions",
    needs: "vectors_stored",
    found: ({ dimensions }) => dimensions === 0 ? "–" : count(dimensions)
  },
  norms_positive: { words: "norms above 0", needs: "vectors_stored", found: () => "" },
  losses_allowed: {
    words: "losses allowed",
    needs: "chunks_stored",
    found: ({ replaced, warnings }) =>
      warnings.length > 0
        ? plural(warnings.length, "warning")
        : replaced.length > 0
        ? "none, after a second reading"
        : "none"
  },
  chunk_hashes_match: {
    words: "hashes match",
    needs: "chunks_stored",
    found: ({ content_sha256 }) => html`<span class="mono" title=${content_sha256}>${short(content_sha256)}</span>`
  }
}

/** Bars that stand for the vectors, at most so many. */
const bars = 48

export const ReceiptPanel = (
  { id, job, of, version }: {
    readonly id: string
    readonly of: string
    readonly job: JobRow
    readonly version: number | undefined
  }
) => {
  const ended = job.status === "complete"
  // Each look at another user's job is an entry in the audit log.
  const everyMs = of !== "" ? 0 : ended ? 60_000 : 5_000
  const { age, data, error } = useLoad<Row>(`/api/v1/jobs/${id}/receipt${of}`, { everyMs, version })
  const proved = ended && data !== undefined && data.failed_checks.length === 0
  const isWhole = data?.warnings.length === 0
  const { embeds_done, embeds_total } = job.progress
  const full = embeds_total === 0 ? 0 : Math.round((embeds_done / embeds_total) * bars)
  return html`
    <${Panel} title="Receipt" note=${
    data === undefined
      ? undefined
      : html`<span class=${`tag ${!proved ? "dashed" : isWhole ? "t-done" : "t-warn"}`}>${
        !proved
          ? "not yet proved"
          : isWhole
          ? html`<${Glyph} look=${looks.complete} silent /> proved`
          : html`<${Glyph} look=${looks.incomplete} silent /> proved, with losses`
      }</span>`
  } age=${of === "" || age === undefined ? age : 1_000} error=${error}>
      ${
    data === undefined ? html`<p class="pad qq">Loading …</p>` : html`
        <p class="q small" style=${{ padding: "0 12px" }}>${
      embeds_total === 0
        ? "The chunks are not known yet."
        : `${count(embeds_done)} of ${plural(embeds_total, "chunk")} ${
          embeds_done === 1 ? "has its" : "have their"
        } vector`
    }</p>
        <div class="proof" aria-hidden="true">${
      Array.from(
        { length: embeds_total === 0 ? 0 : Math.min(bars, embeds_total) },
        (_, index) => html`<i class=${index < Math.min(full, embeds_total) ? "" : "left"}></i>`
      )
    }</div>
        <ul class="checks">${
      Object.entries(checks).map(([name, { found, needs, words }]) => {
        const holds = !data.failed_checks.some((each) => each === name)
        const look = data[needs] === 0 && !ended
          ? looks.waiting
          : holds
          ? name === "losses_allowed" && data.warnings.length > 0 ? looks.incomplete : looks.complete
          : ended
          ? looks.failed
          : looks.waiting
        return html`<li><${Glyph} look=${{
          ...look,
          says: look.shape === "waiting" ? "not yet" : look.shape === "failed" ? "fails" : "passes"
        }} /> ${words}<span class="q">${data[needs] === 0 && !ended ? "at the end" : found(data)}</span></li>`
      })
    }</ul>`
  }
    </${Panel}>`
}
