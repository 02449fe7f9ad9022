/** One file that was sent: where it is now. */
import { useEffect, useState } from "preact/hooks"
import { bytes, money, short } from "../format.ts"
import { html } from "../html.ts"
import { useLoad } from "../load.ts"
import type { JobRow } from "../pages/job/types.ts"
import { lookOf } from "../statuses.ts"
import { Glyph, Pips } from "./Glyph.ts"

export interface Sent {
  /** Names are no keys: two folders may each have a report.pdf. */
  readonly key: number
  readonly name: string
  readonly size: number
  readonly job?: string
  readonly duplicate?: boolean
  readonly problem?: string
}

export const SentFile = ({ file }: { readonly file: Sent }) => {
  const [ended, setEnded] = useState(false)
  const { data, error } = useLoad<JobRow>(file.job === undefined ? null : `/api/v1/jobs/${file.job}`, {
    everyMs: ended ? 0 : 1_000
  })
  const hasEnded = data !== undefined && (data.status === "complete" || data.status.startsWith("failed"))
  useEffect(() => setEnded(hasEnded), [hasEnded])
  const problem = file.problem ?? error
  return html`
    <section class="panel pad sent">
      <p><b class="break"><bdi>${file.name}</bdi></b> <span class="q">${bytes(file.size)}</span></p>
      ${problem === undefined ? null : html`<p class="problem" role="alert">${problem}</p>`}
      ${
    data === undefined
      ? problem === undefined ? html`<p class="qq" role="status">Sending …</p>` : null
      : html`<p role="status"><${Glyph} look=${lookOf(data)} /> ${data.status} <${Pips} status=${data.status} look=${
        lookOf(data)
      } /> ${
        data.progress.chunks_total === 0
          ? null
          : html`<span class="q">${data.progress.embeds_done} of ${data.progress.chunks_total} vectors · ${
            money(data.cost_usd)
          }</span>`
      } ${data.error_code === null ? null : html`<code>${data.error_code}</code>`}</p>
        <p class="small"><a href=${`/jobs/${data.job_id}`}>Job ${
        short(data.job_id)
      }</a> · <a href=${`/documents/${data.document_id}`}>its chunks</a>${
        file.duplicate === true ? html` <span class="q">· this file was uploaded before: its job is shown</span>` : null
      }</p>`
  }
    </section>`
}
