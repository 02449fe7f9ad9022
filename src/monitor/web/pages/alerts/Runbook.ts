/** What to do, step by step, with the numbers it talks about beside it. */
import { useEffect } from "preact/hooks"
import type { OverviewView } from "../../../../api/overview.ts"
import { count, duration } from "../../format.ts"
import { type Content, html } from "../../html.ts"
import { useLoad } from "../../load.ts"
import { Command } from "../../parts/Command.ts"
import { Panel } from "../../parts/Panel.ts"
import { Spark } from "../../parts/Spark.ts"
import { aliveOf } from "../overview/WorkerTable.ts"

interface Page {
  readonly title: string
  readonly sections: ReadonlyArray<
    { readonly title: string; readonly paragraphs: ReadonlyArray<string>; readonly commands: ReadonlyArray<string> }
  >
}

interface Props {
  readonly code: string
  readonly seen: OverviewView | undefined
  readonly age: number | undefined
}

export const Runbook = ({ age, code, seen }: Props) => {
  const page = useLoad<Page>(`/runbooks/${code}.json`, { everyMs: 0 })
  // Notices link to it, and the browser looks for it before it is there.
  useEffect(() => {
    if (page.data !== undefined && location.hash === "#runbook") document.getElementById("runbook")?.scrollIntoView()
  }, [page.data])
  return html`
    <div id="runbook"><${Panel} title=${
    page.data === undefined ? "Runbook" : `Runbook: ${page.data.title}`
  } note=${`docs/runbooks/${code}.md`} age=${page.error === undefined ? age : page.age} error=${page.error}>
      <div class="book">
        <ol class="runbook">${
    page.data?.sections.map(({ commands, paragraphs, title }) =>
      html`<li><h3>${title}</h3>${paragraphs.map((text) => html`<p>${withCode(text)}</p>`)}${
        commands.map((line) => html`<${Command} line=${line} />`)
      }</li>`
    ) ?? null
  }</ol>
        ${seen === undefined ? null : html`<${Numbers} seen=${seen} />`}
      </div>
    </${Panel}></div>`
}

/** Backticks are the only markup that the pages use within a sentence. */
const withCode = (text: string): ReadonlyArray<Content> =>
  text.split("`").map((part, index) => index % 2 === 1 ? html`<code>${part}</code>` : part)

const Numbers = ({ seen }: { readonly seen: OverviewView }) => {
  const { alive, expected } = aliveOf(seen.workers)
  const open = seen.statuses.filter(({ oldest_since, status }) =>
    oldest_since !== null && status !== "complete" && !status.startsWith("failed")
  )
  const oldest = Math.max(
    0,
    ...open.map(({ oldest_since }) => Date.parse(seen.at) - Date.parse(oldest_since ?? seen.at))
  )
  const recent = seen.minutes.slice(-30)
  const failed = recent.reduce((sum, each) => sum + each.failed, 0)
  const out = seen.providers.filter(({ state }) => state !== "closed").length
  return html`
    <div class="numbers" aria-label="Live numbers">
      <${Figure} name="in progress" value=${count(seen.in_flight)} note="documents" />
      <${Figure} name="oldest" value=${oldest === 0 ? "–" : duration(oldest)} note="in one status" bad=${
    oldest > 300_000
  } />
      <${Figure} name="complete, 30 min" value=${
    count(recent.reduce((sum, each) => sum + each.complete, 0))
  } note="" chart=${html`<${Spark} values=${
    recent.map(({ complete }) => complete).slice(-24)
  } label="Completed by minute" />`} />
      <${Figure} name="failed, 30 min" value=${count(failed)} bad=${
    failed > 0
  } note="" chart=${html`<${Spark} tone="fail" values=${
    recent.map((each) => each.failed).slice(-24)
  } label="Failed by minute" />`} />
      <${Figure} name="workers alive" value=${`${alive.length} of ${expected.length}`} bad=${
    alive.length < expected.length
  } note="" />
      <${Figure} name="services out" value=${count(out)} bad=${out > 0} note=${`of ${seen.providers.length}`} />
    </div>`
}

interface FigureProps {
  readonly name: string
  readonly value: string
  readonly note: string
  readonly bad?: boolean
  readonly chart?: Content
}

const Figure = ({ bad = false, chart, name, note, value }: FigureProps) =>
  html`<div class=${bad ? "fail" : ""}><p class="small"><span>${name}</span></p><p class="figure">${value}</p>${
    note === "" ? null : html`<p class="small">${note}</p>`
  }${chart ?? null}</div>`
