/** Does an alert arrive? Sends a test notice to every sink, and shows what each of them answered. */
import { useState } from "preact/hooks"
import type { SinkTestResults } from "../../../../api/alerts.ts"
import { call } from "../../api.ts"
import { duration } from "../../format.ts"
import { html } from "../../html.ts"
import type { Json } from "../../Json.ts"
import { tellFailure } from "../../load.ts"
import { Command } from "../../parts/Command.ts"
import { Glyph } from "../../parts/Glyph.ts"
import { looks } from "../../statuses.ts"

type Results = Json<typeof SinkTestResults.Type>["results"]

export const TestSinks = () => {
  const [said, setSaid] = useState<Results | "sending" | undefined>(undefined)
  const send = () => {
    setSaid("sending")
    call<Json<typeof SinkTestResults.Type>>("/api/v1/alerts/test", { method: "POST", body: {} }).then(
      ({ results }) => setSaid(results),
      (failure: unknown) => {
        setSaid(undefined)
        tellFailure(failure)
      }
    )
  }
  return html`
    <section class="panel pad" aria-label="Test of the sinks">
      <p class="head-line"><button type="button" class="button" disabled=${
    said === "sending"
  } onClick=${send}>Send a test alert</button> <span class="grow"><${Command} line="accessa alerts test" /></span></p>
      ${
    said === undefined
      ? html`<p class="q small">Every sink gets a notice that says it is a test.</p>`
      : said === "sending"
      ? html`<p class="q small" role="status">Sending …</p>`
      : html`<ul class="said-list" role="status">${
        said.map(({ delivered, problem, sink, took_ms }) =>
          html`<li key=${sink} class=${delivered ? "" : "fail"}><${Glyph} look=${
            delivered ? looks.complete : looks.failed
          } silent /> <b>${sink}</b> ${problem ?? `delivered in ${duration(took_ms)}`}</li>`
        )
      }</ul>`
  }
    </section>`
}
