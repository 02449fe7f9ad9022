/** What grows, how fast, and how many days are left? */
import type { CapacityView } from "../../../api/overview.ts"
import { bytes, count } from "../format.ts"
import { html } from "../html.ts"
import { useLoad } from "../load.ts"
import { Age, Panel } from "../parts/Panel.ts"

export const Capacity = () => {
  const { age, data, error } = useLoad<CapacityView>("/api/v1/capacity", 15_000)
  return html`
    <header class="title"><h1>${
    data === undefined
      ? "Capacity"
      : `The database holds ${bytes(data.database_bytes)}; ${count(data.connections)} of ${
        count(data.max_connections)
      } connections are in use.`
  }</h1><${Age} age=${age} old=${error !== undefined} /></header>
    <${Panel} title="Tables" note="row counts are the database's own estimates" age=${age} error=${error}>
      <table><thead><tr><th>Table</th><th class="n">Rows</th><th class="n">Size</th><th class="n">Dead rows</th></tr></thead><tbody>${
    data?.tables.map((table) =>
      html`<tr><td class="mono">${table.name}</td><td class="n">${count(table.rows)}</td><td class="n">${
        bytes(table.bytes)
      }</td><td class="n q">${count(table.dead_rows)}</td></tr>`
    ) ?? null
  }</tbody></table>
    </${Panel}>`
}
