/** What stands in place of numbers before the first document: what to do, and what the pages will tell. */
import { html } from "../../html.ts"
import { Command } from "../../parts/Command.ts"
import { Glyph } from "../../parts/Glyph.ts"
import { looks } from "../../statuses.ts"

const tour = [
  ["Overview", "g o", "Is anything stuck, and where? A box turns red when its oldest document is past its limit."],
  ["Jobs", "g j", "Which documents? Write status:failed_parse age:>10m; the same words work in the terminal."],
  ["Job", "", "Why? One sentence, then each attempt with its waiting and running times, then the receipt."],
  ["Failures", "g f", "Hundreds of failures usually have a few causes. Repair a cause, and see the price first."],
  ["Alerts", "g a", "What to do now: the runbook, with the current numbers."],
  ["Costs", "g c", "What was paid, what was reused, and when a budget runs out."]
] as const

export const FirstSteps = () =>
  html`
  <section class="panel pad">
    <h2>Begin</h2>
    <p class="q"><a href="/upload">Drop a document</a> and watch it go through the boxes above, or from a terminal:</p>
    <${Command} line="pnpm accessa ingest examples/documents --wait" />
  </section>
  <section class="panel">
    <header><h2>What each page shows</h2><span class="q">press <kbd>?</kbd> for all keys</span></header>
    <div class="tour">${
    tour.map(([name, key, says]) =>
      html`<div><h3>${name}${key === "" ? null : html`<kbd>${key}</kbd>`}</h3><p class="q">${says}</p></div>`
    )
  }</div>
  </section>
  <section class="panel">
    <header><h2>How to read it</h2></header>
    <p class="key q">${
    Object.values(looks).map((look) => html`<span><${Glyph} look=${look} silent />${look.says}</span>`)
  }<span><span class="tag dashed">dashed</span>mock, old or unknown</span></p>
  </section>`
