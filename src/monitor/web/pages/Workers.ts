/** Which workers are running, on which version, what do they hold, and which stopped unexpectedly? */
import type { HeldJobView as HeldJob } from "../../../api/overview.ts"
import { duration, exact, plural, short } from "../format.ts"
import { html } from "../html.ts"
import { age, overview, serverNow } from "../live.ts"
import { useLoad } from "../load.ts"
import { Command } from "../parts/Command.ts"
import { FileName } from "../parts/FileName.ts"
import { Status } from "../parts/Glyph.ts"
import { Empty, Panel, Sentence } from "../parts/Panel.ts"
import { looks } from "../statuses.ts"
import { aliveOf, WorkerTable } from "./overview/WorkerTable.ts"

export const Workers = () => {
  const workers = overview.value?.workers
  const held = useLoad<{ readonly jobs: ReadonlyArray<HeldJob> }>("/api/v1/operations/held", { everyMs: 3_000 })
  const waiting = overview.value?.in_flight ?? 0
  return html`
    <${Sentence} age=${age.value}>${workers === undefined ? "Workers" : sentenceOf(workers, waiting)}</${Sentence}>
    <${Panel} title="Workers" note="silent without a heartbeat for one and a half leases, which is 45 s by default" age=${age.value}>${
    workers === undefined ? null : html`<${WorkerTable} at=${overview.value?.at ?? ""} workers=${workers} />`
  }</${Panel}>
    <${Panel} title="Held jobs" note=${
    held.data === undefined ? undefined : `${plural(held.data.jobs.length, "job")}, the longest first`
  } age=${held.age} error=${held.error}>
      ${
    held.data === undefined
      ? null
      : held.data.jobs.length === 0
      ? html`<${Empty}><p><b>No worker holds a job.</b> A worker holds one from claim to its next wait; the lease shows how long it would be missed if it died.</p></${Empty}>`
      : html`
      <table class="cards">
        <thead><tr><th>Worker</th><th>Document</th><th>Status</th><th class="n">For</th><th class="n">Lease left</th></tr></thead>
        <tbody>${held.data.jobs.map((job) => html`<${Row} key=${job.job_id} job=${job} />`)}</tbody>
      </table>`
  }
    </${Panel}>
    <section class="panel pad"><h2>Add a worker</h2><p class="q">Workers share the queue: each claims due jobs, from all users in turn. A worker stopped by Ctrl-C or SIGTERM finishes what it holds.</p><${Command} line="pnpm worker" /></section>`
}

const Row = ({ job }: { readonly job: HeldJob }) => {
  const left = Date.parse(job.lease_until) - serverNow.value
  return html`
    <tr data-row>
      <td class="mono">${short(job.worker_id)}</td>
      <td class="name"><a href=${`/jobs/${job.job_id}?user_id=${job.user_id}`}><${FileName} name=${job.filename} /></a></td>
      <td class="half"><${Status} look=${looks.running} status=${job.status} /></td>
      <td class="n" data-label="for"><time title=${exact(job.since)}>${
    duration(Math.max(1_000, serverNow.value - Date.parse(job.since)))
  }</time></td>
      <td class=${`n ${left < 0 ? "fail" : "q"}`} data-label="lease left">${
    left < 0 ? `over since ${duration(-left)}` : duration(left)
  }</td>
    </tr>`
}

const sentenceOf = (workers: Parameters<typeof aliveOf>[0], waiting: number): string => {
  const { alive, expected } = aliveOf(workers)
  const silent = expected.length - alive.length
  const versions = new Set(alive.map(({ version }) => version))
  if (alive.length === 0) {
    return `No worker is alive${
      waiting === 0 ? "; new documents will wait." : `: ${plural(waiting, "document")} wait.`
    }`
  }
  return `${plural(alive.length, "worker is", "workers are")} alive${
    silent === 0 ? "" : `; ${silent === 1 ? "one has fallen" : `${silent} have fallen`} silent`
  }${versions.size > 1 ? `; they run ${versions.size} versions` : ""}.`
}
