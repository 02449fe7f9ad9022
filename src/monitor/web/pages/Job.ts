/** Why is it not done, and will it finish without help? */
import { useEffect, useState } from "preact/hooks"
import type { Explanation } from "../../../domain/explain.ts"
import { call } from "../api.ts"
import { bytes, count, exact, money, short } from "../format.ts"
import { html } from "../html.ts"
import type { Json } from "../Json.ts"
import { pending, useLoad } from "../load.ts"
import { me } from "../me.ts"
import { Action } from "../parts/Action.ts"
import { Command } from "../parts/Command.ts"
import { ErrorClass } from "../parts/ErrorClass.ts"
import { Glyph } from "../parts/Glyph.ts"
import { Panel } from "../parts/Panel.ts"
import { query } from "../router.ts"
import { lookOf } from "../statuses.ts"
import { openStream } from "../stream.ts"
import { Callbacks, Calls } from "./job/Calls.ts"
import { Events } from "./job/Events.ts"
import { LogPanel, useLogs } from "./job/Logs.ts"
import { ReceiptPanel } from "./job/ReceiptPanel.ts"
import { Timeline } from "./job/Timeline.ts"
import type { JobCallRows, JobEventRow, JobRow } from "./job/types.ts"

export const Job = ({ id }: { readonly id: string }) => {
  const asked = query.value.get("user_id")
  // The own documents need no reason, and leave no entry in the audit log.
  const user = asked === me.value?.user_id ? null : asked
  const of = user === null ? "" : `?user_id=${user}`
  const events = useEvents(id, of)
  // Each look at another user's job is an entry in the audit log: look again only when something has happened.
  const happened = events?.length
  const live = { everyMs: user === null ? 2_000 : 0, version: happened }
  const job = useLoad<JobRow>(`/api/v1/jobs/${id}${of}`, live)
  const explained = useLoad<Json<Explanation>>(`/api/v1/jobs/${id}/explain${of}`, live)
  const calls = useLoad<JobCallRows>(`/api/v1/jobs/${id}/calls${of}`, live)
  const logs = useLogs(id, of, happened)
  const found = job.data
  if (found === undefined) {
    return job.error === undefined
      ? html`<h1>Job ${short(id)}</h1><p class="qq" role="status">Loading …</p>`
      : html`<h1>Job ${short(id)}</h1><p class="problem" role="alert">${job.error}</p>`
  }
  const look = lookOf(found)
  // Only an age that means something: what is looked at once is as fresh as its last event.
  const age = user === null ? job.age : job.age === undefined ? undefined : 1_000
  const error = found.last_error
  return html`
    <nav class="crumbs" aria-label="Where this is"><a href="/jobs">Jobs</a> / <span class="mono">${
    short(id)
  }</span></nav>
    <h1 class="break"><bdi>${found.filename}</bdi></h1>
    <section class=${`verdict ${
    look.tone === "fail" ? "bad" : look.tone === "done" ? "plain done-edge" : `plain ${look.tone}`
  }`}>
      <${Glyph} look=${look} />
      <div>
        <p class="lead">${explained.data?.sentence ?? explained.error ?? "Loading …"}</p>
        <p class="q">${
    error === null
      ? null
      : html`<a class="mono" href=${`/jobs?filter=error_code:${error.code}`}>${error.code}</a> <${ErrorClass} of=${error.class} /> · `
  }${explained.data?.next_action ?? ""}</p>
      </div>
    </section>
    ${
    found.warnings.length === 0 ? null : html`<section class="panel pad warnings" role="alert">
      <h2>The text is incomplete</h2>
      <ul>${found.warnings.map((each) => html`<li>${each}</li>`)}</ul>
    </section>`
  }
    <div class="columns facts-right">
      <div>
        <${Panel} title="Timeline" note=${
    found.trace_url === null
      ? undefined
      : html`<a href=${found.trace_url} target="_blank" rel="noreferrer">Trace ${short(found.trace_id ?? "")} ↗</a>`
  } age=${happened === undefined ? undefined : age} error=${job.error}><${Timeline} events=${events ?? []} calls=${
    calls.data?.calls ?? []
  } job=${found} /></${Panel}>
        <${LogPanel} job=${found} logs=${logs} />
        <${Panel} title="Events" note=${happened === undefined ? undefined : `${count(happened)} so far`} age=${
    happened === undefined ? undefined : age
  }><${Events} events=${events ?? []} /></${Panel}>
        <${Calls} data=${calls.data} age=${calls.age} error=${calls.error} job=${found} />
      </div>
      <div>
        <${Actions} id=${id} of=${of} job=${found} again=${job.again} />
        <${ReceiptPanel} id=${id} of=${of} job=${found} version=${happened} />
        <${Callbacks} data=${calls.data} age=${calls.age} error=${calls.error} />
        <${Facts} job=${found} of=${of} />
      </div>
    </div>`
}

interface Part {
  readonly of: string
  readonly job: JobRow
}

const Actions = ({ again, id, job, of }: Part & { readonly id: string; readonly again: () => void }) => {
  const ended = job.status === "complete" || job.status.startsWith("failed")
  const failed = job.status.startsWith("failed")
  const others = of === "" ? "" : ` --user ${job.user_id} --reason …`
  const act = (kind: "retry" | "cancel") => (reason: string | undefined) =>
    call(`/api/v1/jobs/${id}/${kind}${of}`, { method: "POST", ...(reason === undefined ? {} : { reason }) }).then(again)
  return html`
    <section class="panel pad"><h2>Actions</h2>
      <${Action} label="Retry" hotkey="retry" kind=${failed ? "likely" : "plain"} line=${`accessa jobs retry ${
    short(id)
  }${others}`} act=${act("retry")} done="The job resumes." asksReason=${of !== ""} note=${
    job.last_error === null ? undefined : `Kept: ${job.last_error.kept}`
  } refused=${failed ? undefined : ended ? "The document is complete." : "It has not failed."} />
      <${Action} label="Cancel" kind="risky" line=${`accessa jobs cancel ${short(id)}${others}`} act=${
    act("cancel")
  } done="The job is cancelled." asksReason=${true} note="What is paid for is kept; a retry resumes from there." refused=${
    ended ? "It has ended." : undefined
  } />
      <p class="label">From a terminal</p>
      <${Command} line=${`accessa jobs watch ${short(id)}${others}`} />
    </section>`
}

const Facts = ({ job, of }: Part) =>
  html`
  <section class="panel pad"><h2>Facts</h2>
    <dl class="facts">
      <dt>job</dt><dd class="mono" title=${job.job_id}>${job.job_id}</dd>
      <dt>document</dt><dd class="mono">${
    of === ""
      ? html`<a href=${`/documents/${job.document_id}`}>${job.document_id}</a>`
      : html`<span title="Only its owner reads a document.">${job.document_id}</span>`
  }</dd>
      ${
    job.parent_document_id === null
      ? null
      : html`<dt>attached to</dt><dd class="mono">${
        of === ""
          ? html`<a href=${`/documents/${job.parent_document_id}`}>${job.parent_document_id}</a>`
          : job.parent_document_id
      }</dd>`
  }
      <dt>correlation</dt><dd class="mono" title=${job.correlation_id}>${job.correlation_id}</dd>
      <dt>user</dt><dd class="mono" title=${job.user_id}>${job.user_id}</dd>
      <dt>file</dt><dd>${job.media_type.split("/").at(-1)?.split(".").at(-1)}, ${bytes(job.bytes)}${
    job.parse_report === null || job.parse_report.pages === 0 ? "" : `, ${count(job.parse_report.pages)} pages`
  }</dd>
      <dt>raw sha256</dt><dd class="mono" title=${job.raw_sha256}>${job.raw_sha256}</dd>
      <dt>parsed sha256</dt><dd class="mono">${job.parsed_sha256 ?? "–"}</dd>
      <dt>chunker</dt><dd class="mono">${job.chunks_version}</dd>
      <dt>model</dt><dd class="mono">${job.embed_model}@${job.embed_version}</dd>
      <dt>cost</dt><dd>${money(job.cost_usd)} <span class="q">· ${count(job.tokens_paid)} tokens</span></dd>
      <dt>uploaded</dt><dd>${exact(job.created_at)}</dd>
      <dt>priority</dt><dd>${job.priority}</dd>
      <dt>tries</dt><dd>${job.retry_count}</dd>
      <dt>workers lost</dt><dd>${job.crash_count}</dd>
    </dl>
  </section>`

/** Every event so far and as it comes; undefined before the first. The browser resumes after the last one. */
const useEvents = (id: string, of: string): ReadonlyArray<JobEventRow> | undefined => {
  const [events, setEvents] = useState<ReadonlyArray<JobEventRow> | undefined>(undefined)
  useEffect(() => {
    setEvents(undefined)
    let arrived: ReadonlyArray<JobEventRow> = []
    let waiting: ReturnType<typeof setTimeout> | undefined
    let isPending = true
    const settle = () => {
      if (isPending) pending.value--
      isPending = false
    }
    pending.value++
    const show = () => {
      waiting = undefined
      setEvents(arrived)
      settle()
    }
    // Events that come together cause one look at the job, not one each.
    const add = (event: MessageEvent<string>) => {
      const row: JobEventRow = JSON.parse(event.data)
      if (arrived.some(({ event_id }) => event_id === row.event_id)) return
      arrived = [...arrived, row]
      // Several events of one move are shown at once.
      waiting ??= setTimeout(show, 150)
    }
    const types = ["moved", "retry_scheduled", "parked", "crashed", "note", "message"]
    const close = openStream(`/api/v1/jobs/${id}/events${of}`, types, add)
    return () => {
      clearTimeout(waiting)
      close()
      settle()
    }
  }, [id, of])
  return events
}
