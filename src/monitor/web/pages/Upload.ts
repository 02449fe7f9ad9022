/** Drop a file, watch it go through the boxes. */
import { effect, signal } from "@preact/signals"
import { useEffect, useState } from "preact/hooks"
import { call, Refused, signedIn } from "../api.ts"
import { html } from "../html.ts"
import { overview } from "../live.ts"
import { Command } from "../parts/Command.ts"
import { Sentence } from "../parts/Panel.ts"
import { type Sent, SentFile } from "../parts/SentFile.ts"
import { Pipeline } from "./overview/Pipeline.ts"

const { providers = "mock" } = document.body.dataset

/** Outlives the page: what was sent goes on while another one is looked at. */
const sent = signal<ReadonlyArray<Sent>>([])
const isUnderWay = ({ job, problem }: Sent) => job === undefined && problem === undefined

effect(() => {
  if (!signedIn.value) sent.value = []
})
addEventListener("beforeunload", (event) => {
  if (sent.value.some(isUnderWay)) event.preventDefault()
})

let files = 0
const show = ({ name, size }: File, problem?: string) => {
  const file: Sent = { key: ++files, name, size, ...(problem === undefined ? {} : { problem }) }
  sent.value = [file, ...sent.value]
  return (change: Partial<Sent>) => {
    sent.value = sent.value.map((each) => each.key === file.key ? { ...each, ...change } : each)
  }
}

const send = (file: File) => {
  const put = show(file)
  const form = new FormData()
  form.append("file", file)
  call<{ readonly job_id: string; readonly duplicate: boolean }>("/api/v1/documents", { method: "POST", body: form })
    .then(
      ({ duplicate, job_id }) => put({ job: job_id, duplicate }),
      (failure: unknown) =>
        put({ problem: failure instanceof Refused ? failure.message : "The dashboard's server does not answer." })
    )
}

const sendDropped = (dropped: DataTransfer) => {
  for (const item of dropped.items) {
    const file = item.getAsFile()
    if (file === null) continue
    if (item.webkitGetAsEntry()?.isDirectory === true) {
      show(file, "This is a folder: choose its files, or send it from a terminal with accessa ingest.")
    } else send(file)
  }
}

export const Upload = () => {
  const [over, setOver] = useState(false)
  // A file that is dropped beside the field would replace the page.
  useEffect(() => {
    const stop = new AbortController()
    const on = (type: "dragover" | "dragleave" | "drop", isOver: boolean) =>
      addEventListener(type, (event) => {
        event.preventDefault()
        setOver(isOver)
        if (type === "drop" && event.dataTransfer !== null) sendDropped(event.dataTransfer)
      }, { signal: stop.signal })
    on("dragover", true)
    on("dragleave", false)
    on("drop", false)
    return () => stop.abort()
  }, [])
  const choose = (event: Event) => {
    if (!(event.target instanceof HTMLInputElement)) return
    for (const file of event.target.files ?? []) send(file)
    // Else the same file could not be chosen again.
    event.target.value = ""
  }
  return html`
    <${Sentence} note="as the signed-in user">Drop a document, and watch its progress.</${Sentence}>
    ${overview.value === undefined ? null : html`<${Pipeline} seen=${overview.value} />`}
    <div class="columns">
      <div>
        <label class=${`drop ${over ? "over" : ""}`}>
          <b>Drop files here</b><span class="q">PDF, Office, web pages, mails, Markdown, CSV, text or pictures of pages</span>
          <span class="button likely">Choose files …</span>
          <span class="q small">${
    providers === "mock"
      ? "$0: providers are mocks, no key is needed."
      : "Providers are real: parsing and embedding are paid."
  }</span>
          <input type="file" multiple id="file" onChange=${choose} />
        </label>
        ${sent.value.map((file) => html`<${SentFile} key=${file.key} file=${file} />`)}
      </div>
      <section class="panel pad said-list"><h2>The same from a terminal</h2>
        <div><p>One document, followed to its receipt</p><${Command} line="accessa ingest examples/documents/home-policy.pdf --wait" /></div>
        <div><p>What it would cost</p><${Command} line="accessa ingest my-document.pdf --quote" /></div>
        <div><p>Then ask it something</p><${Command} line='accessa search "How long is the waiting period for groundwater?"' /></div>
        <div><p>Is anything wrong with this installation?</p><${Command} line="accessa doctor" /></div>
      </section>
    </div>`
}
