/** Drop a file, watch it. */
import { useState } from "preact/hooks"
import { call, Refused } from "../api.ts"
import { bytes, short } from "../format.ts"
import { html } from "../html.ts"
import { useLoad } from "../load.ts"
import { Command } from "../parts/Command.ts"
import { Glyph, Pips } from "../parts/Glyph.ts"
import { lookOf } from "../statuses.ts"
import type { JobRow } from "./job/types.ts"

interface Sent {
  readonly name: string
  readonly size: number
  readonly job?: string
  readonly duplicate?: boolean
  readonly problem?: string
}

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
          put(file, { problem: failure instanceof Refused ? failure.message : "The monitor does not answer." })
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
    <header class="title"><h1>Upload</h1><span class="q">as the signed-in user</span></header>
    <label class=${`drop ${over ? "over" : ""}`} onDragOver=${(
    event: DragEvent
  ) => (event.preventDefault(), setOver(true))} onDragLeave=${() => setOver(false)} onDrop=${drop}>
      <b>Drop files here</b><span class="q">or choose them: PDF, DOCX, HTML, Markdown, text</span>
      <input type="file" multiple id="file" onChange=${choose} />
    </label>
    <${Command} line="accessa ingest FILE" />
    ${sent.map((file) => html`<${One} key=${file.name} file=${file} />`)}`
}

const One = ({ file }: { readonly file: Sent }) => {
  const { data } = useLoad<JobRow>(file.job === undefined ? null : `/api/v1/jobs/${file.job}`, 1_000)
  return html`
    <section class="panel pad sent">
      <p><b class="break">${file.name}</b> <span class="q">${bytes(file.size)}</span></p>
      ${file.problem === undefined ? null : html`<p class="problem" role="alert">${file.problem}</p>`}
      ${
    data === undefined
      ? file.problem === undefined ? html`<p class="qq" role="status">Sending …</p>` : null
      : html`<p role="status"><${Glyph} look=${lookOf(data)} /> ${data.status} <${Pips} status=${data.status} look=${
        lookOf(data)
      } /> ${data.error_code === null ? null : html`<code>${data.error_code}</code>`}</p>
        <p class="small"><a href=${`/jobs/${data.job_id}`}>Job ${short(data.job_id)}</a>${
        file.duplicate === true ? html` <span class="q">· already uploaded: showing the earlier job</span>` : null
      }</p>`
  }
    </section>`
}
