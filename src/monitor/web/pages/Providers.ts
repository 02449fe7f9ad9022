/** Their fault or ours? The circuit to each service, and the way to close one by hand. */
import type { OverviewView } from "../../../api/overview.ts"
import { call } from "../api.ts"
import { ago, count, duration, exact, plural } from "../format.ts"
import { html } from "../html.ts"
import { overview, serverNow } from "../live.ts"
import { useLoad } from "../load.ts"
import { Action } from "../parts/Action.ts"
import { Glyph } from "../parts/Glyph.ts"
import { Panel, Sentence } from "../parts/Panel.ts"
import { RateLeft } from "../parts/RateLeft.ts"
import { circuitLook, circuitWord, errorsOf, p95Of } from "./overview/ProviderTable.ts"

interface ProviderRow {
  readonly name: string
  readonly state: string
  readonly code: string | null
  readonly message: string | null
  readonly failures: number
  readonly opened_at: string | null
  readonly probe_at: string | null
  readonly since: string
  readonly updated_by: string
  readonly reason: string | null
}

export const Providers = () => {
  const { again, age, data, error } = useLoad<{ readonly providers: ReadonlyArray<ProviderRow> }>("/api/v1/providers", {
    everyMs: 3_000
  })
  const out = data?.providers.filter(({ state }) => state !== "closed") ?? []
  return html`
    <${Sentence} age=${age} error=${error} note="a circuit opens after failures in a row, and one probe at a time tries again">${
    data === undefined
      ? "Providers"
      : out.length === 0
      ? "All services are available."
      : `${out.map(({ name }) => `The ${name}`).join(" and ")} ${
        out.length === 1 ? "is" : "are"
      } unavailable; documents wait and lose nothing.`
  }</${Sentence}>
    ${
    data?.providers.map((provider) =>
      html`<${One} key=${provider.name} provider=${provider} age=${age} again=${again} seen=${overview.value} />`
    ) ?? null
  }`
}

interface OneProps {
  readonly provider: ProviderRow
  readonly age: number | undefined
  readonly again: () => void
  readonly seen: OverviewView | undefined
}

const One = ({ age, again, provider, seen }: OneProps) => {
  const { code, message, name, opened_at, probe_at, reason, since, state, updated_by } = provider
  const closed = state === "closed"
  const errors = seen?.errors.filter(({ code: each }) => each.startsWith(prefixOf(name))) ?? []
  const limits = seen?.providers.find((each) => each.name === name)?.limits ?? []
  const p95 = seen === undefined ? null : p95Of(seen, name)
  return html`
    <${Panel} age=${age} title=${html`<${Glyph} look=${circuitLook(state)} /> ${name}`} note=${`circuit ${
    circuitWord(state)
  } for ${duration(serverNow.value - Date.parse(since))}`}>
      <div class="group-body">
        <div>
          <p class="lead">${
    closed ? "In service." : `${message ?? "Unavailable."} Documents that need it are parked.`
  }</p>
          ${code === null ? null : html`<p><code>${code}</code> · <a href=${`/alerts`}>its runbook</a></p>`}
          ${
    probe_at === null
      ? null
      : html`<p class="q">One call tries again at <time title=${exact(probe_at)}>${
        exact(probe_at).slice(11)
      }</time>.</p>`
  }
          <dl class="facts" style=${{ marginTop: "8px", maxWidth: "420px" }}>
            <dt>errors in the last hour</dt><dd>${
    seen === undefined ?
      "–" :
      errors.length === 0 ?
      "0" :
      html`${count(errorsOf(seen, name))} <span class="q">· ${
        errors.map(({ code: each, events }) => html`<code>${each}</code> ${count(events)} `)
      }</span>`
  }</dd>
            ${
    name !== "embedder" || seen === undefined
      ? null
      : html`<dt>calls in the last hour</dt><dd>${plural(seen.calls.made, "call")} <span class="q">· ${
        count(seen.calls.lost)
      } lost</span></dd>`
  }
            <dt>${name === "parser" ? "p95 until the text is there" : "p95"}</dt><dd>${
    p95 === null ? html`<span class="q">not measured</span>` : duration(p95)
  }</dd>
            <dt>rate used</dt><dd><${RateLeft} limits=${limits} /></dd>
            <dt>failures in a row</dt><dd>${provider.failures}</dd>
            ${opened_at === null ? null : html`<dt>open since</dt><dd>${ago(opened_at, serverNow.value)}</dd>`}
            <dt>changed by</dt><dd class="mono">${updated_by}</dd>
            ${reason === null ? null : html`<dt>reason</dt><dd>${reason}</dd>`}
          </dl>
        </div>
        <div class="actions-wide">
        <${Action} label="Close it" kind="risky" asksReason=${true} line=${`accessa providers reset ${name} --reason …`} done=${`Calls to the ${name} resume.`}
          note="If the service is not back, calls fail and it opens again." refused=${
    closed ? "The circuit is closed: calls go through." : undefined
  }
          act=${(why: string | undefined) =>
    call(`/api/v1/providers/${name}/reset`, { method: "POST", body: { reason: why } }).then(again)} />
        </div>
      </div>
    </${Panel}>`
}

const prefixOf = (name: string): string => `${name === "embedder" ? "EMBED" : name.toUpperCase()}_`
