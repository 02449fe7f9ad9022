/** One row per status, and one per try where there were several: hatched while waiting, solid while running. */
import { duration } from "../../format.ts"
import { type Content, html } from "../../html.ts"
import { overview, serverNow } from "../../live.ts"
import { Glyph } from "../../parts/Glyph.ts"
import { type Look, lookOf, looks, order } from "../../statuses.ts"
import { type Span, total, triesOf } from "./spans.ts"
import type { JobCallRow, JobEventRow, JobRow } from "./types.ts"

interface Props {
  readonly events: ReadonlyArray<JobEventRow>
  readonly calls: ReadonlyArray<JobCallRow>
  readonly job: JobRow
}

const shown = order.filter((status) => status !== "complete")

export const Timeline = ({ calls, events, job }: Props) => {
  const ended = job.status === "complete" || job.status.startsWith("failed")
  const now = serverNow.value
  const tries = triesOf({ events, calls, now, ended, held: job.lease_until !== null })
  const every = [...tries.values()].flat().flatMap(({ spans }) => spans)
  const start = Date.parse(job.created_at)
  const last = Math.max(start + 1, ...every.map(({ to }) => to))
  const planned = !ended && job.run_at !== null && Date.parse(job.run_at) > now ? Date.parse(job.run_at) : undefined
  const end = planned === undefined ? last : planned + (planned - start) * 0.05
  const at = (time: number) => ((time - start) / (end - start)) * 100
  const bars = (spans: ReadonlyArray<Span>) =>
    spans.map(({ from, kind, to }) =>
      html`<i class=${kind} style=${{
        left: `${at(from)}%`,
        width: `max(2px, ${at(to) - at(from)}%)`
      }} title=${`${kind} ${duration(to - from)}`}></i>`
    )
  const nowMark = ended ? null : html`<i class="now" style=${{ left: `${at(now)}%` }}></i>`
  const sum = (kind: "waited" | "ran") =>
    [...tries.values()].flat().reduce((all, { spans }) => all + total(spans, kind), 0)
  const reached = shown.findIndex((status) => status === (ended ? job.last_error?.at_status ?? "" : job.status))
  return html`
    <p class="q small pad">${duration(last - start)} ${ended ? "in total" : "so far"} · waited ${
    duration(sum("waited"))
  } · worked ${duration(sum("ran"))}</p>
    <div class="timeline">
      <div class="lane head"><span>Status</span><span class="axis">${
    [0, 0.25, 0.5, 0.75].map((part) =>
      html`<span style=${{ left: `${part * 100}%` }}>${part === 0 ? "0" : duration((end - start) * part)}</span>`
    )
  }</span><span class="n">Waited</span><span class="n">Ran</span><span class="n">Usual p50</span></div>
      ${
    shown.map((status, index) => {
      const own = tries.get(status) ?? []
      const spans = own.flatMap((each) => each.spans)
      const present = index === reached && job.status !== "complete"
      const passed = own.length > 0 || job.status === "complete" || index < reached
      const usual = overview.value?.stages.find((each) => each.status === status)?.p50_ms ?? null
      const row = (
        name: Content,
        track: ReadonlyArray<Span>,
        of: ReadonlyArray<ReadonlyArray<Span>>,
        kind: "" | "try"
      ) =>
        html`
        <div class=${`lane ${kind}`}>
          <span class=${own.length === 0 && !passed ? "qq" : ""}>${name}</span>
          <span class="track">${bars(track)}${nowMark}</span>
          <span class="n q">${
          of.length === 0 ? null : html`<span class="word">waited </span>${time(of, "waited")}`
        }</span>
          <span class="n">${of.length === 0 ? null : html`<span class="word">ran </span>${time(of, "ran")}`}</span>
          <span class="n qq usual">${usual === null || kind === "try" ? "" : duration(usual)}</span>
        </div>`
      const look = present ? lookOf(job) : passed ? looks.complete : looks.waiting
      return html`${
        row(html`<${Glyph} look=${look} /> ${status}`, own.length > 1 ? [] : spans, own.map((each) => each.spans), "")
      }${
        own.length < 2 ? null : own.map((each, n) =>
          row(
            html`<${Glyph} look=${lookOfTry(each.code, n === own.length - 1 && present, lookOf(job))} /> try ${n + 1}${
              each.code === undefined ? "" : html`: <code>${each.code}</code>`
            }`,
            each.spans,
            [each.spans],
            "try"
          )
        )
      }${
        !present || planned === undefined ? null : html`
        <div class="lane try">
          <span class="qq"><${Glyph} look=${looks.waiting} silent /> next try in ${duration(planned - now)}</span>
          <span class="track"><i class="planned" style=${{ left: `${at(planned)}%`, width: "4%" }}></i>${nowMark}</span>
          <span></span><span></span><span class="usual"></span>
        </div>`
      }`
    })
  }
      <p class="legend"><span><i class="waited"></i>waiting</span><span><i class="ran"></i>running</span><span><i class="failed"></i>ran and failed</span><span><i class="planned"></i>planned</span></p>
    </div>`
}

const time = (of: ReadonlyArray<ReadonlyArray<Span>>, kind: "waited" | "ran") =>
  ofNone(of.reduce((sum, spans) => sum + total(spans, kind), 0))

const ofNone = (ms: number) => ms === 0 ? html`<span class="qq">0 s</span>` : duration(ms)

const lookOfTry = (code: string | undefined, isLast: boolean, ofJob: Look): Look =>
  code !== undefined ? looks.failed : isLast ? ofJob : looks.complete
