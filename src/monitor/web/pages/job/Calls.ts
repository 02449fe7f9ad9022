/** What was asked of the providers and what it cost; and what the parser called back. */
import { clock, count, duration, exact, money, plural } from "../../format.ts"
import { html } from "../../html.ts"
import { Glyph } from "../../parts/Glyph.ts"
import { Empty, Panel } from "../../parts/Panel.ts"
import { type Look, looks } from "../../statuses.ts"
import type { JobCallRow, JobCallRows, JobRow } from "./types.ts"

interface Props {
  readonly data: JobCallRows | undefined
  readonly age: number | undefined
  readonly error: string | undefined
}

const verdicts: Readonly<Record<JobCallRow["state"], readonly [Look, string]>> = {
  announced: [looks.running, "under way"],
  paid: [looks.complete, "paid"],
  reused: [looks.complete, "not bought again"],
  withdrawn: [looks.retry, "failed, not billed"],
  lost: [looks.failed, "billed, lost"]
}

export const Calls = ({ age, data, error, job }: Props & { readonly job: JobRow }) => {
  const calls = data?.calls ?? []
  const sum = (state: JobCallRow["state"], of: (call: JobCallRow) => number) =>
    calls.filter((call) => call.state === state).reduce((all, call) => all + of(call), 0)
  const lost = sum("lost", (call) => call.cost_usd)
  const note = `${money(sum("paid", (call) => call.cost_usd))} paid · ${
    plural(sum("reused", (call) => call.chunks), "vector")
  } not bought again · ${money(lost)} lost`
  return html`
    <${Panel} title="Provider calls" note=${data === undefined ? undefined : note} age=${age} error=${error}>
      ${
    calls.length === 0 && job.provider_job_id === null
      ? html`<${Empty}><p>No provider has been called for this document yet.</p></${Empty}>`
      : html`
      <table class="cards">
        <thead><tr><th>Time</th><th>Call</th><th class="n">Inputs</th><th class="n">Tokens</th><th class="n">Took</th><th class="n">Cost</th><th>Verdict</th><th>Request</th></tr></thead>
        <tbody>${
        calls.toReversed().map((call) => {
          const [look, word] = verdicts[call.state]
          return html`<tr>
          <td class="mono q"><time title=${exact(call.at)}>${clock(call.at)}</time></td>
          <td class="half">${
            call.state === "reused"
              ? "stored vectors"
              : html`<span title=${call.model}>embed <span class="q">${
                call.model.replace("text-embedding-", "")
              }</span></span>`
          }</td>
          <td class="n" data-label="inputs">${count(call.chunks)}</td>
          <td class=${`n ${call.tokens === 0 ? "qq" : ""}`} data-label="tokens">${count(call.tokens)}</td>
          <td class="n" data-label="took">${
            call.settled_at === null || call.state === "reused"
              ? html`<span class="qq">–</span>`
              : duration(Date.parse(call.settled_at) - Date.parse(call.at))
          }</td>
          <td class=${`n ${call.cost_usd === 0 ? "qq" : ""}`} data-label="cost">${money(call.cost_usd)}</td>
          <td class="half"><span class="nb"><${Glyph} look=${look} silent /> ${word}</span></td>
          <td class="mono small q" title=${call.request_id ?? ""}>${call.request_id?.slice(0, 12) ?? "–"}</td></tr>`
        })
      }${
        job.provider_job_id === null ? null : html`<tr>
          <td class="mono q">–</td><td class="half">parse</td><td class="n" data-label="inputs">1</td><td class="n qq">–</td><td class="n qq">–</td><td class="n qq" title="The parser does not report it">unknown</td>
          <td class="half"><span class="nb"><${Glyph} look=${
          job.parsed_path === null ? looks.service : looks.complete
        } silent /> ${job.parsed_path === null ? "accepted" : "collected"}</span></td><td class="mono small q break">${
          job.provider_job_id.slice(0, 18)
        }</td></tr>`
      }</tbody>
      </table>`
  }
    </${Panel}>`
}

export const Callbacks = ({ age, data, error }: Props) =>
  html`
  <${Panel} title="Callbacks" age=${age} error=${error}>
    ${
    data === undefined || data.callbacks.length > 0
      ? null
      : html`<p class="pad q">None was accepted. The worker also polls the parser, so a lost callback only costs time.</p>`
  }
    <ul class="checks">${
    data?.callbacks.map(({ event, received_at }) =>
      html`<li><${Glyph} look=${{ ...looks.complete, says: "accepted" }} /> <time class="mono" title=${
        exact(received_at)
      }>${clock(received_at)}</time> ${event}<span class="q">signed</span></li>`
    ) ?? null
  }</ul>
  </${Panel}>`
