/** Jobs of all users, two lines each. */
import type { JobLineView as JobLine } from "../../../../api/overview.ts"
import { bytes, count, duration, exact, money, short } from "../../format.ts"
import { html } from "../../html.ts"
import { serverNow, stale } from "../../live.ts"
import { FileName } from "../../parts/FileName.ts"
import { Glyph, Pips } from "../../parts/Glyph.ts"
import { lookOf, looks } from "../../statuses.ts"

interface Props {
  readonly jobs: ReadonlyArray<JobLine>
  readonly chosen: ReadonlySet<string>
  readonly choose: (id: string) => void
}

export const JobTable = ({ choose, chosen, jobs }: Props) =>
  html`
  <table class="cards jobs">
    <thead><tr><th></th><th>Document</th><th>Status</th><th class="n">For</th><th class="n">Vectors</th><th class="n">Tries</th><th class="n">Cost</th></tr></thead>
    <tbody>${
    jobs.map((job) => html`<${Row} key=${job.job_id} job=${job} chosen=${chosen.has(job.job_id)} choose=${choose} />`)
  }</tbody>
  </table>`

const Row = (
  { choose, chosen, job }: {
    readonly job: JobLine
    readonly chosen: boolean
    readonly choose: (id: string) => void
  }
) => {
  const look = lookOf(job)
  const ended = job.status === "complete"
  const to = `/jobs/${job.job_id}?user_id=${job.user_id}`
  return html`
    <tr data-row class=${chosen ? "chosen" : ""}>
      <td class="pick"><input type="checkbox" aria-label=${`Select ${job.filename}`} checked=${chosen} onChange=${() =>
    choose(job.job_id)} /></td>
      <td class="name"><a href=${to}><${FileName} name=${job.filename} /></a><span class="small q">user <span class="mono">${
    short(job.user_id)
  }</span> · corr <span class="mono">${short(job.correlation_id)}</span> · ${bytes(job.bytes)}</span></td>
      <td class="full"><span class="nb"><${Glyph} look=${
    stale.value ? looks.unknown : look
  } /> ${job.status}</span><br /><span class="nb"><${Pips} status=${job.status} look=${look} /> ${
    job.error_code === null
      ? html`<span class="small q">${ended ? `took ${tookOf(job)}` : look.says}</span>`
      : html`<a class="mono small" href=${`/jobs?filter=error_code:${job.error_code}`}>${job.error_code}</a>`
  }</span></td>
      <td class="n" data-label="for"><time title=${`since ${exact(job.since)}`}>${
    duration(Math.max(1_000, serverNow.value - Date.parse(job.since)))
  }</time></td>
      <td class="n" data-label="vectors">${
    job.chunks_total === 0
      ? html`<span class="q">${ended ? "–" : "not known"}</span>`
      : html`${count(job.embeds_done)}<span class="qq">/${
        count(job.chunks_total)
      }</span><progress class=${look.tone} max=${job.chunks_total} value=${job.embeds_done} aria-label="Vectors stored"></progress>`
  }</td>
      <td class=${`n ${job.retry_count === 0 ? "qq" : ""}`} data-label="tries">${job.retry_count}</td>
      <td class=${`n ${job.cost_usd === 0 ? "qq" : ""}`} data-label="cost">${money(job.cost_usd)}</td>
    </tr>`
}

const tookOf = (job: JobLine): string => duration(Date.parse(job.since) - Date.parse(job.created_at))
