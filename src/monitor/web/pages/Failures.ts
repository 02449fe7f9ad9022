/** How many causes, which one first, is it still going on? */
import { useState } from "preact/hooks"
import type { BulkResultView, FailureView as FailureGroup } from "../../../api/overview.ts"
import { call } from "../api.ts"
import { ago, count, exact, money, plural } from "../format.ts"
import { html } from "../html.ts"
import { serverNow } from "../live.ts"
import { useLoad } from "../load.ts"
import { Action } from "../parts/Action.ts"
import { outcomeOf } from "../parts/bulk.ts"
import { ErrorClass, errorClasses } from "../parts/ErrorClass.ts"
import { FileName } from "../parts/FileName.ts"
import { Glyph } from "../parts/Glyph.ts"
import { Empty, Sentence } from "../parts/Panel.ts"
import { Spark } from "../parts/Spark.ts"
import { query } from "../router.ts"
import { looks } from "../statuses.ts"

const classes = ["permanent", "transient", "recoverable"] as const

export const Failures = () => {
  const { again, age, data, error } = useLoad<{ readonly failures: ReadonlyArray<FailureGroup> }>("/api/v1/failures")
  const status = query.value.get("status")
  const all = data?.failures ?? []
  const cancelled = all.filter(({ code }) => code === "CANCELLED").reduce((sum, { jobs }) => sum + jobs, 0)
  const groups = all.filter(({ code, status: each }) => code !== "CANCELLED" && (status === null || each === status))
  return html`
    <${Sentence} age=${age} error=${error} note=${
    data === undefined
      ? undefined
      : html`by code and fingerprint${
        cancelled === 0
          ? ""
          : html` · <a href="/jobs?filter=error_code:CANCELLED">${count(cancelled)} cancelled</a> not counted`
      }${status === null ? "" : html` · <code>${status}</code> only, <a href="/failures">show all</a>`}`
  }>${data === undefined ? "Failures" : sentenceOf(groups)}</${Sentence}>
    ${
    data !== undefined && groups.length === 0
      ? html`<section class="panel"><${Empty}><p><b>When a document fails, it is listed here by its cause,</b> with what was kept, and a button that retries them all.</p></${Empty}></section>`
      : null
  }
    ${
    groups.length === 0 ? null : html`
    <div class="group-head" aria-hidden="true"><span></span><span class="n">Jobs</span><span>Code and what it means</span><span>24 h</span><span class="n">Last seen</span><span class="n">First seen</span><span class="n">Users</span></div>
    ${
      groups.map((group, index) =>
        html`<${Group} key=${`${group.code}${group.status}${group.fingerprint}`} group=${group} open=${
          index === 0
        } again=${again} />`
      )
    }
    <p class="key q small">${
      classes.map((each) => html`<span><${ErrorClass} of=${each} /> ${errorClasses[each][1]}</span>`)
    }</p>`
  }`
}

const sentenceOf = (groups: ReadonlyArray<FailureGroup>): string => {
  const jobs = groups.reduce((sum, each) => sum + each.jobs, 0)
  if (jobs === 0) return "No document has failed."
  const [first] = groups.toSorted((a, b) => b.jobs - a.jobs)
  const main = groups.length > 1 && first !== undefined ? `; one of them is ${count(first.jobs)}` : ""
  const current = groups.filter(({ last_hour }) => last_hour > 0).length
  return `${plural(jobs, "failed document")} ${jobs === 1 ? "has" : "have"} ${plural(groups.length, "cause")}${main}. ${
    current === 0 ? "None failed in the last hour." : `${plural(current, "cause")} in the last hour.`
  }`
}

interface GroupProps {
  readonly group: FailureGroup
  readonly open: boolean
  readonly again: () => void
}

const Group = ({ again, group, open: isFirst }: GroupProps) => {
  // As it was at first: another cause may come before it while this one is read.
  const [open] = useState(isFirst)
  const failed = classes.find((each) => each === group.class) ?? "permanent"
  const now = serverNow.value
  return html`
    <details class="group" open=${open}>
      <summary data-row>
        <svg class="chevron" viewBox="0 0 16 16" aria-hidden="true"><path d="M6 3l5 5-5 5" fill="none" stroke="currentColor" stroke-width="1.8" /></svg>
        <span class="figure">${count(group.jobs)}</span>
        <span><span class="head-line"><code><b>${group.code}</b></code> <${ErrorClass} of=${failed} />${
    group.new_in === null
      ? null
      : html`<span class="tag t-fail" title="No older failure of this kind is open"><${Glyph} look=${looks.failed} silent /> new in ${group.new_in}</span>`
  }${
    group.last_hour === 0
      ? html`<span class="tag" title="None in the last hour">stopped ${ago(group.last_at, now)}</span>`
      : null
  }</span><span class="q">${group.message}</span></span>
        <${Spark} tone="fail" values=${group.hours} label=${`${
    group.hours.reduce((a, b) => a + b, 0)
  } in the last 24 hours`} />
        <span class="n"><time title=${exact(group.last_at)}>${ago(group.last_at, now)}</time></span>
        <span class="n q first"><time title=${exact(group.first_at)}>${ago(group.first_at, now)}</time></span>
        <span class="n users">${count(group.users)}</span>
      </summary>
      <${Body} group=${group} again=${again} />
    </details>`
}

const Body = ({ again, group }: Omit<GroupProps, "open">) => {
  const filter = `status:${group.status} error_code:${group.code} fingerprint:${group.fingerprint}`
  return html`
      <div class="group-body">
        <div>
          <h3>What it means</h3><p>${group.help}</p>
          <h3>Kept, and not paid for again</h3><p>${keptOf(group)}</p>
          <h3>One of them</h3>
          <p><a href=${`/jobs/${group.job_id}?user_id=${group.user_id}`}><${FileName} name=${group.filename} /></a> <span class="q nb">· ${
    ago(group.last_at, serverNow.value)
  }, ended in ${group.status}</span></p>
          <h3>First seen</h3><p>${
    exact(group.first_at)
  } <span class="q">· fingerprint <code>${group.fingerprint}</code></span></p>
        </div>
        <div class="actions-wide">
          <h3>Repair</h3>
          <${Action} label=${`Retry ${group.jobs === 1 ? "it" : `all ${count(group.jobs)}`}`} kind=${
    group.class === "permanent" ? "plain" : "likely"
  } asksReason=${true} line=${`accessa jobs retry --filter '${filter}' --reason …`}
            note=${`${plural(group.jobs, "job")} of ${plural(group.users, "user")} · about ${
    money(group.left_usd)
  } to spend`}
            act=${(reason: string | undefined) =>
    call<BulkResultView>("/api/v1/jobs/retry", {
      method: "POST",
      body: { filter, dry_run: false },
      ...(reason === undefined ? {} : { reason })
    }).then((came) => {
      again()
      return outcomeOf("retry", came)
    })} />
          <p class="q" style=${{ marginTop: "12px" }}><a href=${`/jobs?filter=${encodeURIComponent(filter)}`}>${
    group.jobs === 1 ? "It" : `All ${count(group.jobs)}`
  } as a list</a></p>
        </div>
      </div>`
}

const keptOf = ({ kept, kept_chunks, kept_texts, kept_vectors }: FailureGroup): string =>
  [
    kept_texts === 0 ? "" : plural(kept_texts, "parsed text"),
    kept_chunks === 0 ? "" : plural(kept_chunks, "chunk"),
    kept_vectors === 0 ? "" : `${plural(kept_vectors, "vector")}`
  ].filter((each) => each !== "").join(", ") || kept
