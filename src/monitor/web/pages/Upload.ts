/** Drop a file, watch it go through the boxes. */
import { useState } from "preact/hooks"
import { call, Refused } from "../api.ts"
import { html } from "../html.ts"
import { overview } from "../live.ts"
import { Command } from "../parts/Command.ts"
import { Sentence } from "../parts/Panel.ts"
import { type Sent, SentFile } from "../parts/SentFile.ts"
import { Pipeline } from "./overview/Pipeline.ts"

const { providers = "mock" } = document.body.dataset

export const Upload = () => {
  const [sent, setSent] = useState<ReadonlyArray<Sent>>([])
  const [over, setOver] = useState(false)
  const put = (file: File, change: Partial<Sent>) =>
    setSent((known) => known.map((each) => each.name === file.name ? { ...each, ...change } : each))
  const send = (file: File) => {
    setSent((known) => [{ name: file.name, size: file.size }, ...known.filter(({ name }) => name !== file.name)])
    const form = new FormData()
    form.append("file", file)
    call<{ readonly job_id: string; readonly duplicate: boolean }>("/api/v1/documents", { method: "POST", body: form })
      .then(
        ({ duplicate, job_id }) => put(file, { job: job_id, duplicate }),
        (failure: unknown) =>
          put(file, {
            problem: failure instanceof Refused ? failure.message : "The dashboard's server does not answer."
          })
      )
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    for (const file of event.dataTransfer?.files ?? []) send(file)
  }
  const choose = (event: Event) => {
    if (event.target instanceof HTMLInputElement) { for (const file of event.target.files ?? []) send(file) }
  }
  return html`
    <${Sentence} note="as the signed-in user">Drop a document, and watch it go through the boxes.</${Sentence}>
    ${overview.value === undefined ? null : html`<${Pipeline} seen=${overview.value} />`}
    <div class="columns">
      <div>
        <label class=${`drop ${over ? "over" : ""}`} onDragOver=${(
    event: DragEvent
  ) => (event.preventDefault(), setOver(true))} onDragLeave=${() => setOver(false)} onDrop=${drop}>
          <b>Drop files here</b><span class="q">PDF, DOCX, HTML, Markdown, text or a scan</span>
          <span class="button likely">Choose files …</span>
          <span class="q small">${
    providers === "mock"
      ? "$0: providers are mocks, no key is needed."
      : "Providers are real: parsing and embedding are paid."
  }</span>
          <input type="file" multiple id="file" onChange=${choose} />
        </label>
        ${sent.map((file) => html`<${SentFile} key=${file.name} file=${file} />`)}
      </div>
      <section class="panel pad said-list"><h2>The same from a terminal</h2>
        <div><p>One document, followed to its receipt</p><${Command} line="accessa ingest examples/documents/home-policy.pdf --wait" /></div>
        <div><p>What it would cost, before it does</p><${Command} line="accessa ingest my-document.pdf --quote" /></div>
        <div><p>Then ask it something</p><${Command} line='accessa search "How long is the waiting period for groundwater?"' /></div>
        <div><p>Is anything wrong with this installation?</p><${Command} line="accessa doctor" /></div>
      </section>
    </div>`
}
