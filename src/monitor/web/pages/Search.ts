/** Try a question, see the passages. */
import { useRef, useState } from "preact/hooks"
import type { SearchResult } from "../../../api/search.ts"
import { call, Refused } from "../api.ts"
import { duration, plural } from "../format.ts"
import { html } from "../html.ts"
import type { Json } from "../Json.ts"
import { quoted } from "../parts/bulk.ts"
import { Command } from "../parts/Command.ts"
import { Meter } from "../parts/Meter.ts"
import { Empty, Sentence } from "../parts/Panel.ts"
import { Markdown } from "./document/markdown.ts"

type Answer = Json<typeof SearchResult.Type>

interface State {
  readonly asked: string
  readonly took?: number
  readonly answer?: Answer
  readonly problem?: string
}

export const Search = () => {
  const [state, setState] = useState<State | undefined>(undefined)
  const latest = useRef(0)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget
    if (!(form instanceof HTMLFormElement)) return
    const asked = String(new FormData(form).get("question") ?? "")
    const begun = performance.now()
    const turn = ++latest.current
    // An earlier question may be answered later.
    const answered = (next: State) => turn === latest.current && setState(next)
    setState({ asked })
    call<Answer>("/api/v1/search", { method: "POST", body: { query: asked, limit: 8 } }).then(
      (answer) => answered({ asked, answer, took: performance.now() - begun }),
      (failure: unknown) =>
        answered({
          asked,
          problem: failure instanceof Refused ? failure.message : "The dashboard's server does not answer."
        })
    )
  }
  const hits = state?.answer?.hits
  return html`
    <${Sentence} note="over the complete documents of the signed-in user">${
    hits === undefined
      ? "Search"
      : hits.length === 0
      ? "No passage was found: no document is complete yet."
      : `${plural(hits.length, "passage")}, the nearest first, in ${duration(state?.took ?? 0)}.`
  }</${Sentence}>
    <form class="filter big" role="search" onSubmit=${submit}><input class="field" name="question" id="filter" required autocomplete="off" aria-label="Question" placeholder="How long is the waiting period for groundwater?" /><button class="button likely">Search</button></form>
    ${
    state === undefined
      ? html`<section class="panel"><${Empty}><p><b>Ask something that a document answers.</b> The question is embedded like the chunks, and the nearest passages are shown with their page and headings. A search costs about $0.0000002.</p><${Command} line='accessa search "How long is the waiting period for groundwater?"' /></${Empty}></section>`
      : html`<${Command} line=${`accessa search ${quoted(state.asked)} --limit 8`} />`
  }
    ${state?.problem === undefined ? null : html`<p class="problem" role="alert">${state.problem}</p>`}
    ${
    state !== undefined && hits === undefined && state.problem === undefined
      ? html`<p class="qq" role="status">Searching …</p>`
      : null
  }
    ${
    hits?.map((passage) =>
      html`<article class="panel pad passage" key=${passage.chunk_id} data-row>
        <header><a href=${`/documents/${passage.document_id}?chunk=${passage.ordinal}`}><b>${passage.filename}</b></a> <span class="q small">${
        [
          passage.headings.join(" › "),
          passage.page === null ? "" : `page ${passage.page}`,
          `chunk ${passage.ordinal}`
        ].filter((each) => each !== "").join(" · ")
      }</span><span class="score" title="Cosine similarity"><${Meter} label="Nearness" limit=${1.2} value=${
        Math.max(0, Number(passage.score))
      } />${Number(passage.score).toFixed(3)}</span></header>
        <div class="text" tabindex="0"><${Markdown} text=${passage.text} /></div></article>`
    ) ?? null
  }`
}
