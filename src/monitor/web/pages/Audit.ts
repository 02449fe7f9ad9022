/** Who did what, to what, and why. */
import { useState } from "preact/hooks"
import { call } from "../api.ts"
import { count, exact, short } from "../format.ts"
import { html } from "../html.ts"
import { tellFailure, useLoad } from "../load.ts"
import { me } from "../me.ts"
import { Command } from "../parts/Command.ts"
import { Glyph } from "../parts/Glyph.ts"
import { Empty, Panel, Sentence } from "../parts/Panel.ts"
import { query, setQuery } from "../router.ts"
import { looks } from "../statuses.ts"

interface Entry {
  readonly entry_id: number
  readonly at: string
  readonly actor: string
  readonly role: string
  readonly action: string
  readonly target_type: string
  readonly target_id: string
  readonly user_id: string | null
  readonly reason: string | null
}

interface Check {
  readonly entries: number
  readonly broken_entry: number | null
  readonly next_cursor: string | null
}

export const Audit = () => {
  const cursor = query.value.get("cursor")
  const allowed = me.value === undefined || me.value.role === "admin"
  const { age, data, error } = useLoad<{ readonly entries: ReadonlyArray<Entry>; readonly next_cursor: string | null }>(
    allowed ? `/api/v1/audit?limit=50${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}` : null,
    { everyMs: 10_000 }
  )
  if (!allowed) {
    return html`<${Sentence}>The audit log requires the role admin.</${Sentence}>
      <section class="panel"><${Empty}><p>It lists every change made here, in the CLI or through the API, with its reason. Ask an admin, or sign in with an admin's key.</p></${Empty}></section>`
  }
  const lines = collapsed(data?.entries ?? [])
  const latest = data?.entries.find((entry) => !isLook(entry))
  return html`
    <${Sentence} age=${age} error=${error} note="each entry contains the hash of the one before">${
    data === undefined
      ? "Audit"
      : latest === undefined
      ? "No manual change among the latest entries."
      : `The last manual change was ${latest.action}, at ${exact(latest.at).slice(11)}.`
  }</${Sentence}>
    <${Verify} />
    <${Panel} title="Entries" note="newest first" age=${age}>
      ${
    data !== undefined && data.entries.length === 0
      ? html`<${Empty}><p><b>Every action</b> here, in the CLI and through the API will be listed with its reason.</p></${Empty}>`
      : html`
      <table class="cards"><thead><tr><th>Time</th><th>Who</th><th>Action</th><th>On</th><th>Reason</th></tr></thead><tbody>${
        lines.map(({ entry, times }) =>
          html`<tr key=${entry.entry_id}><td class="mono q nb full">${
            exact(entry.at).slice(0, 19)
          }</td><td class="half"><span class="mono" title=${entry.actor}>${
            entry.actor.slice(0, 12)
          }</span> <span class="q small">${entry.role}</span></td><td class="half">${
            isLook(entry)
              ? html`<span class="q">looked at${times === 1 ? "" : `, ${times} requests`}</span>`
              : entry.action
          }</td><td class="half"><span class="q">${entry.target_type}</span> ${
            linkOf(entry)
          }</td><td class="why full">${entry.reason ?? html`<span class="qq">–</span>`}</td></tr>`
        ) ?? null
      }</tbody></table>`
  }
      ${
    data?.next_cursor == null
      ? null
      : html`<p class="pad"><button type="button" class="button" onClick=${() =>
        setQuery({ cursor: data.next_cursor ?? undefined }, "push")}>Older entries</button></p>`
  }
      <div class="pad"><${Command} line="accessa audit list --action job --limit 200" /></div>
    </${Panel}>`
}

/** Reads on behalf of another user are named after their route. */
const isLook = ({ action }: Entry): boolean => /^(jobs|documents)\./u.test(action)

interface Line {
  readonly entry: Entry
  readonly times: number
}

/** A page makes several requests: what was looked at in a row is one line. */
const collapsed = (entries: ReadonlyArray<Entry>): ReadonlyArray<Line> => {
  const lines: Array<Line> = []
  for (const entry of entries) {
    const last = lines.at(-1)
    const same = last !== undefined && isLook(entry) && isLook(last.entry) && last.entry.actor === entry.actor &&
      last.entry.target_id === entry.target_id
    if (same) lines[lines.length - 1] = { entry: last.entry, times: last.times + 1 }
    else lines.push({ entry, times: 1 })
  }
  return lines
}

const linkOf = ({ target_id, target_type, user_id }: Entry) =>
  target_type === "job" && /^[\da-f-]{36}$/u.test(target_id)
    ? html`<a class="mono" href=${`/jobs/${target_id}${user_id === null ? "" : `?user_id=${user_id}`}`}>${
      short(target_id)
    }</a>`
    : html`<span class="mono" title=${target_id}>${target_id.length > 20 ? short(target_id) : target_id}</span>`

/** Recomputes the chain of hashes, in steps of ten seconds at most. */
const Verify = () => {
  const [said, setSaid] = useState<Check | "checking" | undefined>(undefined)
  const step = (from: string | null): Promise<void> =>
    call<Check>(`/api/v1/audit/check${from === null ? "" : `?cursor=${encodeURIComponent(from)}`}`).then((found) =>
      found.next_cursor === null ? setSaid(found) : step(found.next_cursor)
    )
  const check = () => {
    setSaid("checking")
    step(null).catch((failure: unknown) => {
      setSaid(undefined)
      tellFailure(failure)
    })
  }
  return html`
    <section class="panel pad"><p class="head-line">
      <button type="button" class="button" disabled=${said === "checking"} onClick=${check}>Check the chain</button>
      ${
    said === undefined
      ? html`<span class="q">Recomputes every hash to find altered or removed entries.</span>`
      : said === "checking"
      ? html`<span class="q" role="status">Checking …</span>`
      : said.broken_entry === null
      ? html`<span role="status"><${Glyph} look=${looks.complete} silent /> ${
        count(said.entries)
      } entries, unbroken.</span>`
      : html`<span role="status" class="fail"><${Glyph} look=${looks.failed} silent /> Entry ${said.broken_entry} or the one before it was altered.</span>`
  }
      <span class="grow"></span><${Command} line="accessa audit check" />
    </p></section>`
}
