/** Why is it not done, and will it continue by itself? */
import { useEffect, useState } from "preact/hooks"
import type { Explanation } from "../../../domain/explain.ts"
import { call } from "../api.ts"
import { count, exact, money, short } from "../format.ts"
import { html } from "../html.ts"
import type { Json } from "../Json.ts"
import { useLoad } from "../load.ts"
import { Action } from "../parts/Action.ts"
import { Command } from "../parts/Command.ts"
import { Glyph } from "../parts/Glyph.ts"
import { Panel } from "../parts/Panel.ts"
import { query } from "../router.ts"
import { lookOf } from "../statuses.ts"
import { Events } from "./job/Events.ts"
import { ReceiptPanel } from "./job/ReceiptPanel.ts"
import { Timeline } from "./job/Timeline.ts"
import type { JobEventRow, JobRow } from "./job/types.ts"

export const Job = ({ id }: { readonly id: string }) => {
  const user = query.value.get("user_id")
  const of = user === null ? "" : `?user_id=${user}`
  const events = useEvents(id, of)
  // Each read of another user's job is an entry in the audit log: reload only when something has changed.
  const every = user === null ? 2_000 : 0
  const job = useLoad<JobRow>(`/api/v1/jobs/${id}${of}`, every, events.length)
  const explained = useLoad<Json<Explanation>>(`/api/v1/jobs/${id}/explain${of}`, every, events.length)
  const found = job.data
  if (found === undefined) {
    return job.error === undefined
      ? html`<p class="qq">Loading …</p>`
      : html`<h1>Job ${short(id)}</h1><p class="problem" role="alert">${job.error}</p>`
  }
  const look = lookOf(found)
  const act = (kind: "retry" | "cancel") => (reason: string | undefined) =>
    call(`/api/v1/jobs/${id}/${kind}${of}`, { method: "POST", ...(reason === undefined ? {} : { reason }) }).then(
      job.again
    )
  const ended = found.status === "complete" || found.status.startsWith("failed")
  return html`
    <nav class="crumbs"><a href="/jobs">Jobs</a> / <span class="mono">${short(id)}</span></nav>
    <h1 class="break">${found.filename}</h1>
    <section class=${`verdict ${look.tone === "fail" ? "bad" : look.tone === "done" ? "good" : "plain"}`}>
      <${Glyph} look=${look} />
      <div>
        <p class="lead">${explained.data?.sentence ?? explained.error ?? "Loading …"}</p>
        <p class="q">${
    found.error_code === null
      ? null
      : html`<a class="mono" href=${`/jobs?filter=error_code:${found.error_code}`}>${found.error_code}</a> · `
  }${explained.data?.next_action ?? ""}</p>
      </div>
    </section>
    <div class="columns facts-right">
      <div>
        <${Panel} title="Timeline" age=${job.age} error=${job.error}><${Timeline} events=${events} job=${found} /></${Panel}>
        <${Panel} title="Events" note=${`${
    count(events.length)
  } so far`} age=${job.age}><${Events} events=${events} /></${Panel}>
      </div>
      <div>
        <section class="panel pad actions"><h2>Actions</h2>
          <${Action} label="Retry" kind=${
    found.status.startsWith("failed") ? "likely" : "plain"
  } line=${`accessa jobs retry ${short(id)}`} act=${act("retry")} done="The job resumes." asksReason=${user !== null}
            note=${found.last_error === null ? "" : `Kept: ${found.last_error.kept}`} refused=${
    found.status.startsWith("failed") ? undefined : ended ? "The document is complete." : "It has not failed."
  } />
          <${Action} label="Cancel" kind="risky" line=${`accessa jobs cancel ${short(id)}`} act=${
    act("cancel")
  } done="The job is cancelled." asksReason=${true}
            note="What has been paid for is kept; a retry resumes from there." refused=${
    ended ? "It has ended." : undefined
  } />
          <${Command} line=${`accessa jobs watch ${short(id)}`} />
        </section>
        <${ReceiptPanel} id=${id} of=${of} status=${found.status} />
        <section class="panel pad"><h2>Facts</h2>
          <dl class="facts">
            <dt>job</dt><dd class="mono">${found.job_id}</dd>
            <dt>document</dt><dd class="mono"><a href=${`/documents/${found.document_id}${of}`}>${found.document_id}</a></dd>
            <dt>correlation</dt><dd class="mono">${found.correlation_id}</dd>
            <dt>user</dt><dd class="mono">${found.user_id}</dd>
            <dt>chunker</dt><dd class="mono">${found.chunks_version}</dd>
            <dt>model</dt><dd class="mono">${found.embed_model}</dd>
            <dt>cost</dt><dd>${money(found.cost_usd)}, ${count(found.vectors_reused)} reused</dd>
            <dt>uploaded</dt><dd>${exact(found.created_at)}</dd>
            <dt>attempts</dt><dd>${found.retry_count}</dd>
            <dt>crashes</dt><dd>${found.crash_count}</dd>
          </dl>
        </section>
      </div>
    </div>`
}

/** All past events, then new ones; the browser reconnects after the last one by itself. */
const useEvents = (id: string, of: string): ReadonlyArray<JobEventRow> => {
  const [events, setEvents] = useState<ReadonlyArray<JobEventRow>>([])
  useEffect(() => {
    setEvents([])
    const source = new EventSource(`/api/v1/jobs/${id}/events${of}`)
    const add = (event: MessageEvent<string>) => {
      const row: JobEventRow = JSON.parse(event.data)
      setEvents((known) => known.some(({ event_id }) => event_id === row.event_id) ? known : [...known, row])
    }
    for (const type of ["moved", "retry_scheduled", "parked", "crashed", "note"]) source.addEventListener(type, add)
    source.addEventListener("message", add)
    return () => source.close()
  }, [id, of])
  return events
}
