/** Which documents, and what does it cost to repair them all? The filter is in the address. */
import type { JobLinePageView, JobLineView as JobLine } from "../../../api/overview.ts"
import { count, duration, money, plural, short } from "../format.ts"
import { html } from "../html.ts"
import { overview, serverNow } from "../live.ts"
import { useLoad } from "../load.ts"
import { Glyph, Pips } from "../parts/Glyph.ts"
import { Age, Empty } from "../parts/Panel.ts"
import { query, setQuery } from "../router.ts"
import { failedStatuses, lookOf, order } from "../statuses.ts"
import { Bulk } from "./jobs/Bulk.ts"
import { FilterBox } from "./jobs/FilterBox.ts"

const views = [
  ["All", ""],
  ["In progress", "is:open"],
  ["Stuck", "is:open age:>5m"],
  ["Failed", "is:failed"],
  ["Costly", "cost:>0.01"]
] as const

export const Jobs = () => {
  const filter = query.value.get("filter") ?? query.value.get("q") ?? ""
  const cursor = query.value.get("cursor")
  const address = `/api/v1/operations/jobs?limit=50&filter=${encodeURIComponent(filter)}${
    cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`
  }`
  const { age, data, error } = useLoad<JobLinePageView>(address, 3_000)
  return html`
    <header class="title">
      <h1>Jobs</h1>
      <span class="q">${
    overview.value === undefined ? "–" : `${plural(overview.value.in_flight, "document")} in progress`
  }</span>
      <nav class="chips" aria-label="Saved views">${
    views.map(([name, words]) =>
      html`<a href=${`/jobs${words === "" ? "" : `?filter=${encodeURIComponent(words)}`}`} aria-current=${
        words === filter ? "true" : undefined
      }>${name}</a>`
    )
  }</nav>
    </header>
    <${FilterBox} filter=${filter} apply=${(next: string) =>
    setQuery({ filter: next, q: undefined, cursor: undefined }, "push")} />
    <p class="said"><span class="q">${data?.said ?? ""}</span> <${Age} age=${age} old=${error !== undefined} /></p>
    ${error === undefined ? null : html`<p class="problem" role="alert">${error}</p>`}
    <div class="with-side">
      <${Counts} />
      <section class="panel">
        ${
    data === undefined
      ? html`<p class="pad qq">Loading …</p>`
      : data.jobs.length === 0
      ? html`<${None} filter=${filter} />`
      : html`<${Table} jobs=${data.jobs} />`
  }
        ${
    data?.next_cursor === null || data === undefined
      ? null
      : html`<p class="pad"><button type="button" class="button" onClick=${() =>
        setQuery({ cursor: data.next_cursor ?? undefined }, "push")}>Older jobs</button></p>`
  }
      </section>
    </div>
    <${Bulk} filter=${filter} />`
}

const Counts = () =>
  html`
  <aside class="panel counts" aria-label="Jobs by status">
    ${
    [...order, ...failedStatuses].map((status) => {
      const flow = overview.value?.statuses.find((each) => each.status === status)
      return html`<a href=${`/jobs?filter=status:${status}`}><${Glyph} look=${
        lookOf({ status, error_code: null, last_error: null, lease_until: null })
      } /> ${status}<span class="c">${flow === undefined ? "–" : count(flow.jobs)}</span></a>`
    })
  }
  </aside>`

const None = ({ filter }: { readonly filter: string }) =>
  filter === ""
    ? html`<${Empty}><p>No job yet. <a href="/upload">Drop a file</a>, or <code>pnpm accessa ingest examples/documents</code></p></${Empty}>`
    : html`<${Empty}><p>No job matches this filter. <a href="/jobs">Show all jobs</a></p></${Empty}>`

const Table = ({ jobs }: { readonly jobs: ReadonlyArray<JobLine> }) =>
  html`
  <table class="cards jobs">
    <thead><tr><th>Document</th><th>Status</th><th class="n">For</th><th class="n">Vectors</th><th class="n">Attempts</th><th class="n">Cost</th></tr></thead>
    <tbody>${jobs.map((job) => html`<${Row} key=${job.job_id} job=${job} />`)}</tbody>
  </table>`

const Row = ({ job }: { readonly job: JobLine }) => {
  const look = lookOf(job)
  const ended = job.status === "complete"
  return html`
    <tr data-row>
      <td class="name"><a href=${`/jobs/${job.job_id}?user_id=${job.user_id}`}>${job.filename}</a><br /><span class="small q">user <span class="mono">${
    short(job.user_id)
  }</span> · corr <span class="mono">${short(job.correlation_id)}</span></span></td>
      <td><${Glyph} look=${look} /> ${job.status}<br /><${Pips} status=${job.status} look=${look} /> ${
    job.error_code === null
      ? html`<span class="small q">${ended ? "" : look.says}</span>`
      : html`<a class="mono small" href=${`/jobs?filter=error_code:${job.error_code}`}>${job.error_code}</a>`
  }</td>
      <td class="n">${
    ended
      ? html`<span class="q">took ${duration(Date.parse(job.since) - Date.parse(job.created_at))}</span>`
      : duration(serverNow.value - Date.parse(job.since))
  }</td>
      <td class="n">${
    job.chunks_total === 0
      ? html`<span class="q">unknown</span>`
      : html`${count(job.embeds_done)}/${
        count(job.chunks_total)
      }<br /><progress max=${job.chunks_total} value=${job.embeds_done} aria-label="Vectors stored"></progress>`
  }</td>
      <td class="n">${job.retry_count}</td>
      <td class=${`n ${job.cost_usd === 0 ? "q" : ""}`}>${money(job.cost_usd)}</td>
    </tr>`
}
