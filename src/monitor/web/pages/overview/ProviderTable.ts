/** The circuit to each service that documents depend on, and how its calls went in the last hour. */
import type { OverviewView as Overview } from "../../../../api/overview.ts"
import { count, duration } from "../../format.ts"
import { html } from "../../html.ts"
import { serverNow, stale } from "../../live.ts"
import { Glyph } from "../../parts/Glyph.ts"
import { RateLeft } from "../../parts/RateLeft.ts"
import { type Look, looks } from "../../statuses.ts"

const circuits: Readonly<Record<string, Look>> = {
  closed: { ...looks.complete, says: "in service" },
  half_open: { ...looks.running, says: "a probe is running" },
  open: { ...looks.failed, says: "failed too often in a row" },
  halted: { ...looks.failed, says: "refuses us: a person has to act" }
}

/** No green tick on a state that is not confirmed. */
export const circuitLook = (state: string): Look => stale.value ? looks.unknown : circuits[state] ?? looks.unknown

export const circuitWord = (state: string): string => state.replace("_", "-")

/** The codes of a dependency begin with its name. */
const prefixes: Readonly<Record<string, string>> = {
  parser: "PARSER_",
  embedder: "EMBED_",
  storage: "STORAGE_",
  database: "DATABASE_"
}

/** Failed calls, retries and waits for it in the last hour. */
export const errorsOf = ({ errors }: Overview, dependency: string): number =>
  errors.filter(({ code }) => code.startsWith(prefixes[dependency] ?? "?")).reduce((sum, { events }) => sum + events, 0)

/** Null: not measured. The parser's is the time until its text was collected. */
export const p95Of = ({ calls, stages }: Overview, dependency: string): number | null =>
  dependency === "embedder"
    ? calls.p95_ms
    : dependency === "parser"
    ? stages.find(({ status }) => status === "parse_queued")?.p95_ms ?? null
    : null

export const ProviderTable = ({ seen }: { readonly seen: Overview }) =>
  html`
  <table>
    <thead><tr><th>Provider</th><th>Circuit</th><th class="n" title="Of the last hour">Errors</th><th class="n">p95</th><th>Rate used</th></tr></thead>
    <tbody>${
    seen.providers.map(({ code, limits, name, since, state }) => {
      const errors = errorsOf(seen, name)
      const p95 = p95Of(seen, name)
      return html`
      <tr>
        <td><a href="/providers" class="plain"><b>${name}</b></a></td>
        <td class=${state === "open" || state === "halted" ? "fail" : ""}><span class="nb"><${Glyph} look=${
        circuitLook(state)
      } /> ${circuitWord(state)}</span> <span class="q small nb">for ${
        duration(serverNow.value - Date.parse(since))
      }</span>${code === null ? null : html`<br /><code class="small">${code}</code>`}</td>
        <td class=${`n ${errors === 0 ? "q" : ""}`}>${count(errors)}</td>
        <td class="n">${p95 === null ? html`<span class="q" title="Not measured">–</span>` : duration(p95)}</td>
        <td><${RateLeft} limits=${limits} /></td>
      </tr>`
    })
  }</tbody>
  </table>`
