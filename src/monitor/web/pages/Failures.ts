/** How many causes, which one first, and is it still happening? */
import type { FailureView as FailureGroup } from "../../../api/overview.ts"
import { call } from "../api.ts"
import { ago, count, plural } from "../format.ts"
import { html } from "../html.ts"
import { serverNow } from "../live.ts"
import { useLoad } from "../load.ts"
import { Action } from "../parts/Action.ts"
import { Age, Empty, Panel } from "../parts/Panel.ts"

const classes: Readonly<Record<string, string>> = { transient: "T", permanent: "P", recoverable: "R" }

export const Failures = () => {
  const { again, age, data, error } = useLoad<{ readonly failures: ReadonlyArray<FailureGroup> }>(
    "/api/v1/failures",
    5_000
  )
  const groups = data?.failures ?? []
  const jobs = groups.reduce((sum, each) => sum + each.jobs, 0)
  const current = groups.filter(({ last_hour }) => last_hour > 0)
  return html`
    <header class="title"><h1>${
    data === undefined
      ? "Failures"
      : jobs === 0
      ? "No document has failed."
      : `${plural(jobs, "document")} failed of ${plural(groups.length, "cause")}; ${
        current.length === 0 ? "none in the last hour" : `${plural(current.length, "cause")} in the last hour`
      }.`
  }</h1><${Age} age=${age} old=${error !== undefined} /></header>
    ${error === undefined ? null : html`<p class="problem" role="alert">${error}</p>`}
    ${
    data !== undefined && groups.length === 0
      ? html`<section class="panel"><${Empty}><p>Failed documents are grouped here by cause, with what was kept and a button that retries the whole group.</p></${Empty}></section>`
      : null
  }
    ${
    groups.map((group) =>
      html`<${Group} key=${`${group.code}${group.status}`} group=${group} age=${age} again=${again} />`
    )
  }`
}

const Group = (
  { age, again, group }: { readonly group: FailureGroup; readonly age: number | undefined; readonly again: () => void }
) => {
  const filter = `status:${group.status} error_code:${group.code}`
  return html`
    <${Panel} age=${age} title=${html`<span class="glyph fail" aria-hidden="true">■</span> ${
    plural(group.jobs, "document")
  }: <code>${group.code}</code>`}
      note=${html`<abbr class="class" title=${group.class}>${
    classes[group.class] ?? "?"
  }</abbr> ${group.class} · ${group.status}`}>
      <div class="failure pad">
        <div>
          <p class="lead">${group.message}</p>
          <p class="q">${group.help}</p>
          <p class="q small">Kept: ${group.kept}</p>
          <p><a href=${`/jobs?filter=${encodeURIComponent(filter)}`}>Show ${
    plural(group.jobs, "job")
  }</a> · <a href=${`/jobs/${group.job_id}`}>the latest</a></p>
        </div>
        <dl class="facts">
          <dt>users</dt><dd>${count(group.users)}</dd>
          <dt>in the last hour</dt><dd>${count(group.last_hour)}</dd>
          <dt>first</dt><dd>${ago(group.first_at, serverNow.value)}</dd>
          <dt>last</dt><dd>${ago(group.last_at, serverNow.value)}</dd>
        </dl>
        <${Action} label="Retry all" kind="likely" asksReason=${true} line=${`accessa jobs retry --filter '${filter}' --reason …`}
          note="Everything that was kept is reused." done="The jobs resume."
          act=${(reason: string | undefined) =>
    call("/api/v1/jobs/retry", {
      method: "POST",
      body: { filter, dry_run: false },
      ...(reason === undefined ? {} : { reason })
    }).then(again)} />
      </div>
    </${Panel}>`
}
