/** Their fault or ours? The circuit to each service, and the way to close one by hand. */
import { call } from "../api.ts"
import { ago, duration, exact } from "../format.ts"
import { html } from "../html.ts"
import { serverNow } from "../live.ts"
import { useLoad } from "../load.ts"
import { Action } from "../parts/Action.ts"
import { Glyph } from "../parts/Glyph.ts"
import { Age, Panel } from "../parts/Panel.ts"
import { circuitLooks } from "./overview/ProviderTable.ts"

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
  const { again, age, data, error } = useLoad<{ readonly providers: ReadonlyArray<ProviderRow> }>(
    "/api/v1/providers",
    3_000
  )
  const out = data?.providers.filter(({ state }) => state !== "closed") ?? []
  return html`
    <header class="title"><h1>${
    data === undefined
      ? "Providers"
      : out.length === 0
      ? "All services respond."
      : `${out.map(({ name }) => `The ${name}`).join(" and ")} ${out.length === 1 ? "is" : "are"} out.`
  }</h1><${Age} age=${age} old=${error !== undefined} /></header>
    ${error === undefined ? null : html`<p class="problem" role="alert">${error}</p>`}
    ${
    data?.providers.map((provider) =>
      html`<${One} key=${provider.name} provider=${provider} age=${age} again=${again} />`
    ) ?? null
  }`
}

const One = (
  { age, again, provider }: {
    readonly provider: ProviderRow
    readonly age: number | undefined
    readonly again: () => void
  }
) => {
  const closed = provider.state === "closed"
  return html`
    <${Panel} age=${age} title=${html`<${Glyph} look=${
    circuitLooks[provider.state] ?? circuitLooks["closed"]
  } /> ${provider.name}`} note=${`circuit ${provider.state.replace("_", "-")} for ${
    duration(serverNow.value - Date.parse(provider.since))
  }`}>
      <div class="failure pad">
        <div>
          <p class="lead">${closed ? "In service." : provider.message ?? "Unavailable."}</p>
          ${provider.code === null ? null : html`<p><code>${provider.code}</code></p>`}
          ${
    provider.probe_at === null
      ? null
      : html`<p class="q">The next probe is at <time title=${exact(provider.probe_at)}>${
        exact(provider.probe_at).slice(11)
      }</time>.</p>`
  }
        </div>
        <dl class="facts">
          <dt>failures in a row</dt><dd>${provider.failures}</dd>
          <dt>open since</dt><dd>${provider.opened_at === null ? "–" : ago(provider.opened_at, serverNow.value)}</dd>
          <dt>changed by</dt><dd class="mono">${provider.updated_by}</dd>
          ${provider.reason === null ? null : html`<dt>reason</dt><dd>${provider.reason}</dd>`}
        </dl>
        <${Action} label="Close the circuit" kind="risky" asksReason=${true} line=${`accessa providers reset ${provider.name} --reason …`} done=${`Calls to the ${provider.name} resume.`}
          note="If the service is not back, calls fail and it opens again." refused=${
    closed ? "It is closed." : undefined
  }
          act=${(reason: string | undefined) =>
    call(`/api/v1/providers/${provider.name}/reset`, { method: "POST", body: { reason } }).then(again)} />
      </div>
    </${Panel}>`
}
