/** Try a question, see the passages. */
import { useState } from "preact/hooks"
import type { SearchResult } from "../../../api/search.ts"
import { call, Refused } from "../api.ts"
import { duration } from "../format.ts"
import { html } from "../html.ts"
import type { Json } from "../Json.ts"
import { Command } from "../parts/Command.ts"
import { Empty } from "../parts/Panel.ts"

type Answer = Json<typeof SearchResult.Type>

export const Search = () => {
  const [state, setState] = useState<
    { readonly asked: string; readonly took?: number; readonly answer?: Answer; readonly problem?: string } | undefined
  >(undefined)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget
    if (!(form instanceof HTMLFormElement)) return
    const asked = String(new FormData(form).get("question") ?? "")
    const begun = performance.now()
    setState({ asked })
    call<Answer>("/api/v1/search", { method: "POST", body: { query: asked, limit: 8 } }).then(
      (answer) => setState({ asked, answer, took: performance.now() - begun }),
      (failure: unknown) =>
        setState({ asked, problem: failure instanceof Refused ? failure.message : "The monitor does not answer." })
    )
  }
  return html`
    <header class="title"><h1>Search</h1><span class="q">over the signed-in user's complete documents</span></header>
    <form class="filter" role="search" onSubmit=${submit}><input class="field" name="question" id="filter" required aria-label="Question" placeholder="Is water damage from a burst pipe covered?" /><button class="button likely">Search</button></form>
    ${
    state === undefined
      ? html`<section class="panel"><${Empty}><p>Ask a question that a document answers. The closest passages are shown with their page and headings.</p></${Empty}></section>`
      : html`<${Command} line=${`accessa search '${state.asked.replaceAll("'", "'\\''")}'`} />`
  }
    ${state?.problem === undefined ? null : html`<p class="problem" role="alert">${state.problem}</p>`}
    ${
    state !== undefined && state.answer === undefined && state.problem === undefined
      ? html`<p class="qq" role="status">Searching …</p>`
      : null
  }
    ${
    state?.answer === undefined ? null : html`
      <p class="q">${
      state.answer.hits.length === 0
        ? "No passage was found: no document is complete yet."
        : `${state.answer.hits.length} passages in ${duration(state.took ?? 0)}.`
    }</p>
      ${
      state.answer.hits.map((passage) =>
        html`<article class="panel pad passage" key=${passage.chunk_id} data-row>
        <header><a href=${`/documents/${passage.document_id}`}>${passage.filename}</a> <span class="q small">${
          passage.headings.join(" › ")
        }${passage.page === null ? "" : ` · page ${passage.page}`}</span><span class="age">${
          Number(passage.score).toFixed(3)
        }</span></header>
        <pre>${passage.text}</pre></article>`
      )
    }`
  }`
}
