/** Are these good chunks? */
import type { ChunkPage, DocumentView } from "../../../api/documents.ts"
import { bytes, count, exact, plural } from "../format.ts"
import { html } from "../html.ts"
import type { Json } from "../Json.ts"
import { useLoad } from "../load.ts"
import { Empty, Panel } from "../parts/Panel.ts"
import { query, setQuery } from "../router.ts"

export const Document = ({ id }: { readonly id: string }) => {
  const cursor = query.value.get("cursor")
  const found = useLoad<Json<DocumentView>>(`/api/v1/documents/${id}`, 10_000)
  const chunks = useLoad<Json<ChunkPage>>(
    `/api/v1/documents/${id}/chunks?limit=50${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
    30_000
  )
  if (found.data === undefined) {
    return html`<h1>Document</h1><p class=${found.error === undefined ? "qq" : "problem"} role="status">${
      found.error ?? "Loading …"
    }</p>`
  }
  const { data } = found
  return html`
    <nav class="crumbs"><a href="/jobs">Jobs</a> / <a class="mono" href=${`/jobs/${data.job.job_id}`}>${
    data.job.job_id.slice(0, 8)
  }</a> / document</nav>
    <h1 class="break">${data.filename}</h1>
    <p class="q">${data.media_type} · ${bytes(data.bytes)} · uploaded ${exact(data.created_at)} · ${data.job.status}</p>
    <${Panel} title="Chunks" note=${
    chunks.data === undefined ? undefined : plural(chunks.data.chunks.length, "chunk")
  } age=${chunks.age} error=${chunks.error}>
      ${
    chunks.data !== undefined && chunks.data.chunks.length === 0
      ? html`<${Empty}><p>The document has not been chunked yet.</p></${Empty}>`
      : null
  }
      <ol class="chunks">${
    chunks.data?.chunks.map((chunk) =>
      html`<li key=${chunk.chunk_id} data-row>
        <p class="small q"><b>${count(chunk.ordinal)}</b> · ${plural(chunk.end - chunk.start, "character")}${
        chunk.page === null ? "" : ` · page ${chunk.page}`
      }${chunk.headings.length === 0 ? "" : ` · ${chunk.headings.join(" › ")}`}</p>
        <pre>${chunk.text}</pre></li>`
    ) ?? null
  }</ol>
      ${
    chunks.data?.next_cursor == null
      ? null
      : html`<p class="pad"><button type="button" class="button" onClick=${() =>
        setQuery({ cursor: chunks.data?.next_cursor ?? undefined }, "push")}>More chunks</button></p>`
  }
    </${Panel}>`
}
