/** The open alert with its runbook beside it. */
import { ago, exact } from "../../format.ts"
import { html } from "../../html.ts"
import { serverNow } from "../../live.ts"
import { useLoad } from "../../load.ts"
import { Command } from "../../parts/Command.ts"
import { Panel } from "../../parts/Panel.ts"
import type { AlertRow } from "../Alerts.ts"

interface Page {
  readonly title: string
  readonly sections: ReadonlyArray<
    { readonly title: string; readonly paragraphs: ReadonlyArray<string>; readonly commands: ReadonlyArray<string> }
  >
}

export const Runbook = ({ age, alert }: { readonly alert: AlertRow; readonly age: number | undefined }) => {
  const page = useLoad<Page>(`/runbooks/${alert.code}.json`, 600_000)
  return html`
    <div>
      <${Panel} title=${alert.code} age=${age} note=${
    alert.closed_at === null ? html`<span class="tag t-fail">open</span>` : html`<span class="tag t-done">closed</span>`
  }>
        <div class="pad"><p class="lead">${alert.message}</p>
        <p class="q small">Opened ${exact(alert.opened_at)} · last seen ${ago(alert.seen_at, serverNow.value)} · ${
    alert.count === 1 ? "once" : `${alert.count} times`
  }${alert.closed_at === null ? "" : ` · ended ${exact(alert.closed_at)}`}</p></div>
      </${Panel}>
      <${Panel} title="Runbook" note=${page.data?.title} age=${page.age} error=${page.error}>
        <ol class="runbook">${
    page.data?.sections.map(({ commands, paragraphs, title }) =>
      html`<li><h3>${title}</h3>${paragraphs.map((text) => html`<p>${text}</p>`)}${
        commands.map((line) => html`<${Command} line=${line} />`)
      }</li>`
    ) ?? null
  }</ol>
      </${Panel}>
    </div>`
}
