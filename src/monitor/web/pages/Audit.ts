/** Who did what, to what, and why. */
import { exact, short } from "../format.ts"
import { html } from "../html.ts"
import { useLoad } from "../load.ts"
import { Empty, Panel } from "../parts/Panel.ts"
import { query, setQuery } from "../router.ts"

interface Entry {
  readonly entry_id: number
  readonly at: string
  readonly actor: string
  readonly role: string
  readonly action: string
  readonly target_type: string
  readonly target_id: string
  readonly reason: string | null
}

export const Audit = () => {
  const cursor = query.value.get("cursor")
  const { age, data, error } = useLoad<{ readonly entries: ReadonlyArray<Entry>; readonly next_cursor: string | null }>(
    `/api/v1/audit?limit=50${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
    10_000
  )
  return html`
    <header class="title"><h1>Audit</h1><span class="q">each entry includes the hash of the previous one</span></header>
    <${Panel} title="Entries" note="newest first" age=${age} error=${error}>
      ${
    data !== undefined && data.entries.length === 0
      ? html`<${Empty}><p>No manual actions yet. Every action taken here or in the CLI is listed with its reason.</p></${Empty}>`
      : null
  }
      <table class="cards"><thead><tr><th>Time</th><th>Who</th><th>Action</th><th>On</th><th>Reason</th></tr></thead><tbody>${
    data?.entries.map((entry) =>
      html`<tr key=${entry.entry_id} data-row><td class="mono q">${
        exact(entry.at)
      }</td><td class="mono">${entry.actor} <span class="q">${entry.role}</span></td><td>${entry.action}</td><td class="mono">${entry.target_type} ${
        short(entry.target_id)
      }</td><td>${entry.reason ?? html`<span class="qq">–</span>`}</td></tr>`
    ) ?? null
  }</tbody></table>
      ${
    data?.next_cursor == null
      ? null
      : html`<p class="pad"><button type="button" class="button" onClick=${() =>
        setQuery({ cursor: data.next_cursor ?? undefined }, "push")}>Older entries</button></p>`
  }
    </${Panel}>`
}
