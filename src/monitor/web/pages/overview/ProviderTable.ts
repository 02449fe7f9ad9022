/** The circuit to each service that documents depend on. */
import type { OverviewView as Overview } from "../../../../api/overview.ts"
import { duration } from "../../format.ts"
import { html } from "../../html.ts"
import { serverNow } from "../../live.ts"
import { Glyph } from "../../parts/Glyph.ts"
import type { Look } from "../../statuses.ts"

export const circuitLooks: Readonly<Record<string, Look>> = {
  closed: { glyph: "●", tone: "done", says: "in service" },
  half_open: { glyph: "◐", tone: "run", says: "a probe is under way" },
  open: { glyph: "■", tone: "fail", says: "failed too often in a row" },
  halted: { glyph: "■", tone: "fail", says: "rejects our calls: act" }
}

export const ProviderTable = ({ providers }: { readonly providers: Overview["providers"] }) =>
  html`
  <table>
    <thead><tr><th>Provider</th><th>Circuit</th><th class="n">For</th></tr></thead>
    <tbody>${
    providers.map(({ code, name, since, state }) =>
      html`
      <tr>
        <td><b>${name}</b></td>
        <td class=${state === "open" || state === "halted" ? "fail" : ""}><${Glyph} look=${
        circuitLooks[state] ?? circuitLooks["closed"]
      } /> ${state.replace("_", "-")}${code === null ? null : html`<br /><code class="small">${code}</code>`}</td>
        <td class="n q">${duration(serverNow.value - Date.parse(since))}</td>
      </tr>`
    )
  }</tbody>
  </table>`
