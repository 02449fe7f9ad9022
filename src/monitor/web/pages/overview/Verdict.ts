/** The verdict in words, and the data behind it. Nothing unseen is reported as healthy. */
import type { OverviewView as Overview } from "../../../../api/overview.ts"
import { duration, plural } from "../../format.ts"
import { type Content, html } from "../../html.ts"
import { age, stale } from "../../live.ts"
import { Command } from "../../parts/Command.ts"
import { Glyph } from "../../parts/Glyph.ts"
import { looks } from "../../statuses.ts"

interface Cause {
  readonly said: Content
  readonly line: string
}

const since = (iso: string, at: string) => duration(Date.parse(at) - Date.parse(iso))

/** Longer than this in one status while something should move it is worth a sentence. */
const stuckAfter = 5 * 60_000

/** Rules whose cause the overview's own numbers show. */
const told: ReadonlySet<string> = new Set(["CIRCUIT_OPEN", "NO_WORKER", "QUEUE_SILENT", "STUCK_JOB", "WORKER_SILENT"])

const causesOf = (seen: Overview): ReadonlyArray<Cause> => {
  const { alerts, at, in_flight, providers, statuses, workers } = seen
  const causes: Array<Cause> = []
  if (workers.every(({ state }) => state === "stopped" || state === "silent")) {
    causes.push({
      said: html`<b>No worker is running.</b> ${
        in_flight === 0 ? "New documents will wait." : `${plural(in_flight, "document")} wait.`
      }`,
      line: "pnpm worker"
    })
  }
  for (const { code, name, probe_at, since: from, state } of providers) {
    if (state === "closed") continue
    const next = probe_at === null
      ? ""
      : `, next probe in ${duration(Math.max(0, Date.parse(probe_at) - Date.parse(at)))}`
    causes.push({
      said: html`<b>The ${name} ${state === "halted" ? "rejects our calls" : "is unavailable"}</b> for ${
        since(from, at)
      }${code === null ? "" : html` (<code>${code}</code>)`}${next}.`,
      line: state === "halted" ? `accessa providers reset ${name} --reason …` : "accessa providers list"
    })
  }
  for (const worker of workers.filter(({ state }) => state === "silent")) {
    causes.push({
      said: html`<b>Worker ${worker.worker_id.slice(0, 8)} is silent</b> for ${
        since(worker.heartbeat_at, at)
      }. Its jobs go to other workers when their leases end.`,
      line: "accessa doctor"
    })
  }
  const oldest = statuses.filter(({ oldest_since, status }) =>
    oldest_since !== null && status !== "complete" && !status.startsWith("failed") &&
    Date.parse(at) - Date.parse(oldest_since) > stuckAfter
  )
  const [longest] = oldest.toSorted((a, b) => (a.oldest_since ?? "").localeCompare(b.oldest_since ?? ""))
  if (longest !== undefined) {
    const where = oldest.map(({ jobs, status }) => html`${jobs} in <code>${status}</code>`)
    causes.push({
      said: html`<b>Documents stand still${
        longest.oldest_since === null ? "" : `, the first for ${since(longest.oldest_since, at)}`
      }:</b> ${where.map((each, index) => html`${index === 0 ? "" : ", "}${each}`)}.`,
      line: "accessa doctor"
    })
  }
  for (const { alert_id, code, message } of alerts.filter(({ rule, state }) => state === "firing" && !told.has(rule))) {
    causes.push({
      said: html`<b>${message}</b> <a href=${`/alerts?id=${alert_id}`}>${code}</a>`,
      line: `accessa alerts show ${alert_id}`
    })
  }
  return causes
}

export const Verdict = ({ seen }: { readonly seen: Overview }) => {
  const causes = causesOf(seen)
  const judged = `Based on rows read ${age.value === undefined ? "–" : duration(Math.max(1_000, age.value))} ago. ${
    plural(seen.completed_last_hour, "document")
  } completed in the last hour.`
  if (stale.value) {
    return html`<section class="verdict stale"><${Glyph} look=${looks.unknown} silent /><div><h1>Last known, ${
      duration(age.value ?? 0)
    } ago: ${
      causes.length === 0 ? moving(seen) : attention(seen, causes.length)
    }</h1><p class="q">Nothing has been confirmed since.</p></div></section>`
  }
  if (causes.length === 0) {
    const unproved = seen.in_flight + seen.failed + seen.completed_last_hour === 0 && seen.changes.length === 0
    return html`
      <section class="verdict good">
        <${Glyph} look=${unproved ? looks.unknown : looks.complete} silent />
        <div>
          <h1>${unproved ? "No document has been uploaded yet, so nothing is proved." : moving(seen)}</h1>
          <p class="q">${judged}</p>
        </div>
      </section>`
  }
  return html`
    <section class="verdict bad">
      <${Glyph} look=${looks.failed} silent />
      <div>
        <h1>${attention(seen, causes.length)}</h1>
        <p class="q">${judged} Nothing is lost: documents wait and resume automatically.</p>
      </div>
      <ol>${causes.slice(0, 6).map(({ line, said }) => html`<li><p>${said}</p><${Command} line=${line} /></li>`)}</ol>
    </section>`
}

const moving = (seen: Overview): string =>
  seen.in_flight === 0
    ? "Nothing is waiting, and nothing is stuck."
    : `Everything is moving. ${plural(seen.in_flight, "document")} in progress${oldestOf(seen)}.`

const attention = (seen: Overview, causes: number): string =>
  `${causes === 1 ? "One thing needs" : `${causes} things need`} attention. ${
    seen.in_flight === 0 ? "No document is waiting." : `${plural(seen.in_flight, "document")} in progress.`
  }`

const oldestOf = ({ at, statuses }: Overview): string => {
  const open = statuses.filter(({ oldest_since, status }) =>
    oldest_since !== null && status !== "complete" && !status.startsWith("failed")
  )
  const [first] = open.toSorted((a, b) => (a.oldest_since ?? "").localeCompare(b.oldest_since ?? ""))
  return first === undefined || first.oldest_since === null
    ? ""
    : `; the oldest has been in ${first.status} for ${since(first.oldest_since, at)}`
}
