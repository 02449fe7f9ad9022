/** What grows, how fast, and how many days are left? */
import type { CapacityView } from "../../../api/overview.ts"
import { ago, bytes, count, duration } from "../format.ts"
import { html } from "../html.ts"
import { serverNow } from "../live.ts"
import { useLoad } from "../load.ts"
import { Command } from "../parts/Command.ts"
import { Glyph } from "../parts/Glyph.ts"
import { Meter } from "../parts/Meter.ts"
import { Panel, Sentence } from "../parts/Panel.ts"
import { looks } from "../statuses.ts"

const rate = (perDay: number | null) =>
  perDay === null
    ? html`<span class="qq">not known yet</span>`
    : `${perDay < 0 ? "−" : "+"}${bytes(Math.abs(perDay))} a day`

export const Capacity = () => {
  const { age, data, error } = useLoad<CapacityView>("/api/v1/capacity", { everyMs: 15_000 })
  return html`
    <${Sentence} age=${age} error=${error}>${data === undefined ? "Capacity" : sentenceOf(data)}</${Sentence}>
    ${
    data === undefined ? null : html`
    <div class="figures">
      <p><span class="figure">${bytes(data.database_bytes)}</span> database</p>
      <p><span class="figure">${rateFigure(data.growth.database_bytes_per_day)}</span> database, a day</p>
      <p><span class="figure">${bytes(data.files_bytes)}</span> stored files</p>
      <p><span class=${`figure ${data.growth.days_left === null ? "none" : ""}`}>${
      data.growth.days_left === null ? "–" : count(Math.floor(data.growth.days_left))
    }</span> days left at this rate</p>
      <p><span class="figure">${count(data.connections)}<span class="q"> of ${
      count(data.max_connections)
    }</span></span> connections<span style=${{
      display: "block",
      paddingTop: "6px"
    }}><${Meter} label="Connections in use" limit=${data.max_connections} value=${data.connections} /></span></p>
    </div>`
  }
    <div class="columns">
      <${Panel} title="Tables" note="row counts are the database's own estimates" age=${age} error=${error}>
        <div class="scroll" tabindex="0"><table><thead><tr><th>Table</th><th class="n">Rows</th><th class="n">Size</th><th class="wide narrow-off">Share</th><th class="n">Growth</th><th class="n">Dead rows</th></tr></thead><tbody>${
    data?.tables.map((table) =>
      html`<tr><td class="mono">${table.name}</td><td class="n">${count(table.rows)}</td><td class="n">${
        bytes(table.bytes)
      }</td><td class="wide narrow-off"><span class="meter" style=${{
        marginTop: "7px"
      }} aria-hidden="true"><i style=${{
        width: `${(table.bytes / Math.max(1, data.database_bytes)) * 100}%`
      }}></i></span></td><td class="n small">${rate(table.bytes_per_day)}</td><td class=${`n ${
        table.dead_rows === 0 ? "qq" : "q"
      }`}>${count(table.dead_rows)}</td></tr>`
    ) ?? null
  }</tbody></table></div>
      </${Panel}>
      <div>
        <${Panel} title="Retention" note="what expires, and whether it is removed" age=${age}>
          ${
    data === undefined || data.retention.length === 0
      ? html`<p class="pad q">docs/retention.md lists how long rows are kept.</p>`
      : html`<table><thead><tr><th>Kind</th><th class="n">Kept</th><th class="n">Removed</th><th class="n">Caught up</th></tr></thead><tbody>${
        data.retention.map((row) =>
          html`<tr><td>${row.kind.replaceAll("_", " ")}</td><td class="n q">${
            row.kept_days === null
              ? "forever"
              : row.kept_days === 0
              ? "until due"
              : duration(row.kept_days * 86_400_000)
          }</td><td class="n">${count(row.removed)}</td><td class="n q">${
            row.caught_up_at === null
              ? row.kept_days === null
                ? "–"
                : html`<span class="nb"><${Glyph} look=${looks.unknown} silent /> not yet</span>`
              : ago(row.caught_up_at, serverNow.value)
          }</td></tr>`
        )
      }</tbody></table>`
  }
        </${Panel}>
        <section class="panel pad"><h2>Is anything wrong with this installation?</h2><p class="q">Finds stuck jobs, lost files, a drifted schema and contradicting settings, with the repair for each.</p><${Command} line="accessa doctor" /></section>
      </div>
    </div>`
}

const rateFigure = (perDay: number | null) =>
  perDay === null
    ? html`<span class="qq" title="Known an hour after the first sample">–</span>`
    : `${perDay < 0 ? "−" : "+"}${bytes(Math.abs(perDay))}`

const sentenceOf = ({ database_bytes, growth }: CapacityView): string => {
  const size = `The database holds ${bytes(database_bytes)}`
  const perDay = growth.database_bytes_per_day
  if (perDay === null) return `${size}; how fast it grows is not known yet.`
  const left = growth.days_left
  return `${size} and grows by ${bytes(Math.max(0, perDay))} a day${
    left === null ? "." : `: ${count(Math.floor(left))} days until its limit.`
  }`
}
