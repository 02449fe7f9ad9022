/** Are these good chunks? The parsed text beside them, and what lies near each. */
import { useEffect } from "preact/hooks"
import { call } from "../api.ts"
import { bytes, count, exact, money, plural, short } from "../format.ts"
import { html } from "../html.ts"
import { useLoad } from "../load.ts"
import { Action } from "../parts/Action.ts"
import { Glyph } from "../parts/Glyph.ts"
import { Empty, Panel } from "../parts/Panel.ts"
import { go, query, setQuery } from "../router.ts"
import { lookOf, looks } from "../statuses.ts"
import { Nearest } from "./document/Nearest.ts"
import { Text } from "./document/Text.ts"
import type { ChunkRow, ChunkRows, DocumentRow } from "./document/types.ts"

export const Document = ({ id }: { readonly id: string }) => {
  const cursor = query.value.get("cursor")
  const asked = query.value.get("chunk")
  const chosen = asked === null ? undefined : Number(asked)
  const found = useLoad<DocumentRow>(`/api/v1/documents/${id}`, { everyMs: 10_000 })
  const isParsed = found.data !== undefined && found.data.job.parsed_path !== null
  const text = useLoad<string>(isParsed ? `/api/v1/documents/${id}/text` : null, { everyMs: 0, as: "text" })
  const chunks = useLoad<ChunkRows>(
    `/api/v1/documents/${id}/chunks?limit=100${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
    { everyMs: 0, version: found.data?.job.status }
  )
  const choose = (ordinal: number) => setQuery({ chunk: String(ordinal) })
  useEffect(() => {
    if (chosen !== undefined) document.getElementById(`text-${chosen}`)?.scrollIntoView({ block: "nearest" })
  }, [chosen, text.data, chunks.data])
  if (found.data === undefined) {
    return html`<h1>Document ${short(id)}</h1><p class=${found.error === undefined ? "qq" : "problem"} role="status">${
      found.error ?? "Loading …"
    }</p>`
  }
  const { data } = found
  const { job } = data
  const rows = chunks.data?.chunks ?? []
  return html`
    <nav class="crumbs" aria-label="Where this is"><a href="/jobs">Jobs</a> / <a class="mono" href=${`/jobs/${job.job_id}`}>${
    short(job.job_id)
  }</a> / document</nav>
    <header class="title"><h1 class="break"><bdi>${data.filename}</bdi></h1><span class="tag"><${Glyph} look=${
    lookOf(job)
  } silent /> ${job.status}</span><span class="q">${
    [
      job.parse_report === null || job.parse_report.pages === 0 ? "" : plural(job.parse_report.pages, "page"),
      bytes(data.bytes),
      plural(job.progress.chunks_total, "chunk"),
      money(job.cost_usd),
      `uploaded ${exact(data.created_at)}`
    ].filter((each) => each !== "").join(" · ")
  }</span></header>
    <${Attached} document=${data} />
    <div class="columns halves">
      <${Panel} title="Parsed text" note="the edge shows each chunk; click one" age=${
    isParsed ? text.age : found.age
  } error=${text.error ?? chunks.error}>
        ${
    !isParsed
      ? html`<${Empty}><p><b>The document has not been parsed yet.</b> Its Markdown will appear here, with the chunks marked at the edge.</p></${Empty}>`
      : text.data === undefined
      ? html`<p class="pad qq">Loading …</p>`
      : rows.length === 0
      ? html`<pre class="pad">${text.data.slice(0, 20_000)}</pre>`
      : html`<${Text} text=${text.data} chunks=${rows} chosen=${chosen} choose=${choose} />`
  }
      </${Panel}>
      <div class="follow">
        <${Panel} title=${
    rows.length === 0
      ? "Chunks"
      : `Chunks ${rows[0]?.ordinal}–${rows.at(-1)?.ordinal} of ${count(job.progress.chunks_total)}`
  } note=${rows.length === 0 ? undefined : tokensNote(rows)} age=${chunks.age}>
          ${
    chunks.data !== undefined && rows.length === 0
      ? html`<${Empty}><p><b>The text has not been chunked yet.</b> Each chunk will be listed with its page, headings, tokens and neighbours.</p></${Empty}>`
      : null
  }
          <ol class="chunks">${
    rows.map((chunk) =>
      html`<${ChunkLine} key=${chunk.chunk_id} chunk=${chunk} chosen=${chosen === chunk.ordinal} choose=${choose}>${
        chosen === chunk.ordinal ? html`<${Nearest} document=${id} chunk=${chunk.chunk_id} />` : null
      }</${ChunkLine}>`
    )
  }</ol>
          ${
    chunks.data?.next_cursor == null
      ? null
      : html`<p class="pad"><button type="button" class="button" onClick=${() =>
        setQuery({ cursor: chunks.data?.next_cursor ?? undefined, chunk: undefined }, "push")}>More chunks</button></p>`
  }
        </${Panel}>
        <section class="panel pad"><h2>Actions</h2><div class="actions-wide">
          <${Action} label="Delete" kind="risky" asksReason=${true} line=${`accessa documents delete ${
    short(id)
  } --reason …`} done="The document is deleted."
            note=${`${
    plural(job.progress.chunks_total, "chunk")
  }, the vectors and both files go. It cannot be undone.`} act=${(
    reason: string | undefined
  ) =>
    call(`/api/v1/documents/${id}`, { method: "DELETE", ...(reason === undefined ? {} : { reason }) }).then(() =>
      go("/jobs")
    )} />
        </div></section>
      </div>
    </div>`
}

/** The mail that it is attached to, and the files that are attached to it. */
const Attached = ({ document: { attachments, job } }: { readonly document: DocumentRow }) =>
  job.parent_document_id === null && attachments.length === 0 ? null : html`
    <p class="q">${
    job.parent_document_id === null
      ? null
      : html`Attached to <a class="mono" href=${`/documents/${job.parent_document_id}`}>${
        short(job.parent_document_id)
      }</a>. `
  }${attachments.length === 0 ? null : "Attachments: "}${
    attachments.map((each, at) =>
      html`${
        at === 0 ? "" : ", "
      }<a href=${`/documents/${each.document_id}`}><bdi>${each.filename}</bdi></a> (${each.status})`
    )
  }</p>`

interface LineProps {
  readonly chunk: ChunkRow
  readonly chosen: boolean
  readonly choose: (ordinal: number) => void
  readonly children?: unknown
}

/** Four characters a token: near enough to compare chunks. */
const tokensOf = ({ text }: ChunkRow) => Math.max(1, Math.round(text.length / 4))

const tokensNote = (rows: ReadonlyArray<ChunkRow>): string => {
  const tokens = rows.map(tokensOf).toSorted((a, b) => a - b)
  return `median about ${count(tokens[Math.floor(tokens.length / 2)] ?? 0)} tokens · ${count(tokens[0] ?? 0)}–${
    count(tokens.at(-1) ?? 0)
  }`
}

const ChunkLine = ({ children, choose, chosen, chunk }: LineProps) =>
  html`
  <li class=${chosen ? "chosen" : ""} data-row>
    <button type="button" class="chunk" aria-expanded=${chosen} onClick=${() => choose(chunk.ordinal)}>
      <b>${chunk.ordinal}</b>
      <span><span>${
    chunk.headings.length === 0 ? chunk.text.slice(0, 70) : chunk.headings.slice(-2).join(" › ")
  }</span><br /><span class="small q">${chunk.page === null ? "" : `p. ${chunk.page} · `}${
    chunk.embedded ? "vector stored" : html`<${Glyph} look=${looks.waiting} silent /> no vector yet`
  } <span class="mono">${short(chunk.sha256)}</span>${
    /^\|.*\|/mu.test(chunk.text) ? html` <span class="tag">table</span>` : null
  }${
    chunk.text.split("\n").length === 1 && chunk.text.startsWith("#")
      ? html` <span class="tag t-warn"><${Glyph} look=${looks.warning} silent /> heading alone</span>`
      : null
  }</span></span>
      <span class="small q nb">≈ ${count(tokensOf(chunk))} tok</span>
    </button>
    ${children}
  </li>`
