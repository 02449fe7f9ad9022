/** Which workers are running, on which version, and which stopped unexpectedly? */
import { plural } from "../format.ts"
import { html } from "../html.ts"
import { age, overview } from "../live.ts"
import { Command } from "../parts/Command.ts"
import { Panel } from "../parts/Panel.ts"
import { WorkerTable } from "./overview/WorkerTable.ts"

export const Workers = () => {
  const workers = overview.value?.workers
  const alive = workers?.filter(({ state }) => state === "running").length
  const silent = workers?.filter(({ state }) => state === "silent").length ?? 0
  const versions = new Set(workers?.filter(({ state }) => state === "running").map(({ version }) => version))
  return html`
    <header class="title"><h1>${
    alive === undefined
      ? "Workers"
      : alive === 0
      ? "No worker is running: documents wait."
      : `${plural(alive, "worker is running", "workers are running")}${
        silent === 0 ? "" : `, ${silent} ${silent === 1 ? "is" : "are"} silent`
      }${versions.size > 1 ? `, on ${versions.size} versions` : ""}.`
  }</h1></header>
    <${Panel} title="Workers" note="a heartbeat every ten seconds" age=${age.value}>${
    workers === undefined ? null : html`<${WorkerTable} workers=${workers} />`
  }</${Panel}>
    <section class="panel pad"><h2>Add a worker</h2><p class="q">Workers share the queue: each takes what is due, from all users in turn.</p><${Command} line="pnpm worker" /></section>`
}
