/** One bar per status: hatched while waiting, solid while running, red for a failed attempt. */
import { duration } from "../../format.ts"
import { html } from "../../html.ts"
import { serverNow } from "../../live.ts"
import { Glyph } from "../../parts/Glyph.ts"
import { lookOfStatus, order } from "../../statuses.ts"
import type { JobEventRow, JobRow } from "./types.ts"

interface Span {
  readonly status: string
  readonly from: number
  readonly to: number
  readonly kind: "ran" | "waited" | "failed"
}

/** What lies between two events happened in the status of the first; a retry or a pause that follows says how it went. */
const spansOf = (events: ReadonlyArray<JobEventRow>, now: number, ended: boolean): ReadonlyArray<Span> =>
  events.flatMap((event, index): ReadonlyArray<Span> => {
    const next = events[index + 1]
    if (next === undefined && ended) return []
    const from = Date.parse(event.created_at)
    const to = next === undefined ? Math.max(from, now) : Date.parse(next.created_at)
    const waits = event.type !== "moved" || event.to_status === "parse_queued" || event.to_status === "uploaded"
    const kind = next?.type === "retry_scheduled" || next?.to_status.startsWith("failed") === true
      ? "failed"
      : waits
      ? "waited"
      : "ran"
    return [{ status: event.to_status, from, to, kind }]
  })

export const Timeline = ({ events, job }: { readonly events: ReadonlyArray<JobEventRow>; readonly job: JobRow }) => {
  const ended = job.status === "complete" || job.status.startsWith("failed")
  const spans = spansOf(events, serverNow.value, ended)
  const start = Date.parse(job.created_at)
  const end = Math.max(start + 1, ...spans.map(({ to }) => to))
  const at = (time: number) => ((time - start) / (end - start)) * 100
  const rows = order.filter((status) => status !== "complete")
  return html`
    <div class="timeline">
      <p class="q small">${duration(end - start)} ${ended ? "in total" : "so far"} · waited ${
    total(spans, "waited")
  } · ran ${total(spans, "ran")}${
    spans.some(({ kind }) => kind === "failed") ? ` · failed ${total(spans, "failed")}` : ""
  }</p>
      ${
    rows.map((status) => {
      const own = spans.filter((span) => span.status === status)
      const passed = own.length === 0 &&
        order.findIndex((each) => each === status) < order.findIndex((each) => each === job.status)
      return html`
          <div class="lane">
            <span class=${own.length === 0 && !passed ? "qq" : ""}><${Glyph} look=${
        passed || (own.length > 0 && job.status !== status) ? lookOfStatus("complete") : lookOfStatus(status)
      } /> ${status}</span>
            <span class="track">${
        own.map(({ from, kind, to }) =>
          html`<i class=${kind} style=${{
            left: `${at(from)}%`,
            width: `${Math.max(0.4, at(to) - at(from))}%`
          }} title=${`${kind} ${duration(to - from)}`}></i>`
        )
      }</span>
            <span class="n q">${
        own.length === 0 ? passed ? "passed" : "–" : duration(own.reduce((sum, { from, to }) => sum + to - from, 0))
      }</span>
          </div>`
    })
  }
      <p class="legend small q"><i class="waited"></i> waiting <i class="ran"></i> running <i class="failed"></i> ran and failed</p>
    </div>`
}

const total = (spans: ReadonlyArray<Span>, kind: Span["kind"]) =>
  duration(spans.filter((span) => span.kind === kind).reduce((sum, { from, to }) => sum + to - from, 0))
