/** Which documents, and what does it cost to retry them all? The filter is in the address. */
import { useState } from "preact/hooks"
import type { JobLinePageView } from "../../../api/overview.ts"
import { count, plural } from "../format.ts"
import { html } from "../html.ts"
import { overview } from "../live.ts"
import { useLoad } from "../load.ts"
import { Command } from "../parts/Command.ts"
import { Glyph } from "../parts/Glyph.ts"
import { Age, Empty } from "../parts/Panel.ts"
import { query, setQuery } from "../router.ts"
import { lookOfStatus, phases } from "../statuses.ts"
import { Bulk } from "./jobs/Bulk.ts"
import { FilterBox } from "./jobs/FilterBox.ts"
import { JobTable } from "./jobs/JobTable.ts"

const views = [
  ["All", ""],
  ["In progress", "is:open"],
  ["Stuck", "is:open age:>5m"],
  ["Failed", "is:failed"],
  ["Costly", "cost:>0.01"]
] as const

export const Jobs = () => {
  const filter = query.value.get("filter") ?? ""
  const cursor = query.value.get("cursor")
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const address = `/api/v1/operations/jobs?limit=50&filter=${encodeURIComponent(filter)}${
    cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`
  }`
  const { again, age, data, error } = useLoad<JobLinePageView>(address, { everyMs: 3_000 })
  const choose = (id: string) => {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    setChosen(next)
  }
  return html`
    <header class="title">
      <h1>Jobs</h1>
      <span class="q">${
    overview.value === undefined
      ? "–"
      : `${plural(overview.value.in_flight, "document")} in progress · ${count(overview.value.failed)} failed`
  }</span>
      <nav class="chips" aria-label="Saved views">${
    views.map(([name, words]) =>
      html`<a href=${`/jobs${words === "" ? "" : `?filter=${encodeURIComponent(words)}`}`} aria-current=${
        words === filter ? "true" : undefined
      }>${name}</a>`
    )
  }</nav>
    </header>
    <${FilterBox} key=${filter} filter=${filter} apply=${(next: string) =>
    setQuery({ filter: next, cursor: undefined }, "push")} />
    <p class="said"><span class="q">${data?.said ?? ""}</span> <${Age} age=${age} old=${error !== undefined} /></p>
    ${error === undefined ? null : html`<p class="problem" role="alert">${error}</p>`}
    <div class="with-side">
      <${Counts} filter=${filter} />
      <section class="panel">
        ${
    data === undefined
      ? html`<p class="pad qq">Loading …</p>`
      : data.jobs.length === 0
      ? html`<${None} filter=${filter} more=${data.next_cursor !== null} />`
      : html`<${JobTable} jobs=${data.jobs} chosen=${chosen} choose=${choose} />`
  }
        ${
    data === undefined || data.next_cursor === null
      ? null
      : html`<p class="pad"><button type="button" class="button" onClick=${() =>
        setQuery({ cursor: data.next_cursor ?? undefined }, "push")}>Older jobs</button></p>`
  }
      </section>
    </div>
    <${Bulk} filter=${filter} chosen=${chosen} clear=${() => setChosen(new Set())} done=${again} />`
}

const Counts = ({ filter }: { readonly filter: string }) =>
  html`
  <aside class="panel counts" aria-label="Jobs by status">
    ${
    phases.map(({ failed, name, statuses }) =>
      html`<h3>${name}</h3>${
        [...statuses, ...(failed === undefined ? [] : [failed])].map((status) => {
          const flow = overview.value?.statuses.find((each) => each.status === status)
          return html`<a href=${`/jobs?filter=status:${status}`} aria-current=${
            filter === `status:${status}` ? "true" : undefined
          }><${Glyph} look=${lookOfStatus(status)} silent /> ${status}<span class="c">${
            flow === undefined ? "–" : status === "complete" ? `${count(flow.jobs)} in 1 h` : count(flow.jobs)
          }</span></a>`
        })
      }`
    )
  }
  </aside>`

const None = ({ filter, more }: { readonly filter: string; readonly more: boolean }) =>
  filter === ""
    ? html`<${Empty}><p><b>No job yet.</b> A job takes one document from upload to receipt.</p><p><a href="/upload">Drop a file</a>, or</p><${Command} line="pnpm accessa ingest examples/documents --wait" /></${Empty}>`
    : more
    ? html`<${Empty}><p><b>None of the newest jobs match.</b> Older ones have not been searched yet.</p></${Empty}>`
    : html`<${Empty}><p><b>No job matches this filter.</b></p><p><a href="/jobs">Show all jobs</a></p></${Empty}>`
