/** What the processes wrote about this job, each try under its head. */
import type { JobLogs } from "../../../../api/logs.ts"
import { clock } from "../../format.ts"
import { html } from "../../html.ts"
import type { Json } from "../../Json.ts"
import { useLoad } from "../../load.ts"
import { Command } from "../../parts/Command.ts"
import { Panel } from "../../parts/Panel.ts"
import type { JobRow } from "./types.ts"

export type Logs = Json<typeof JobLogs.Type>
type LogLine = Logs["lines"][number]

const tones: Readonly<Record<string, string>> = { WARN: "warn", ERROR: "fail", FATAL: "fail" }

interface Props {
  readonly id: string
  readonly of: string
  readonly job: JobRow
  readonly version: number
}

export const useLogs = (id: string, of: string, version: number | undefined) =>
  useLoad<Logs>(`/api/v1/jobs/${id}/logs${of === "" ? "?" : `${of}&`}limit=200`, {
    everyMs: of === "" ? 4_000 : 0,
    version
  })

export const LogPanel = ({ job, logs }: Pick<Props, "job"> & { readonly logs: ReturnType<typeof useLogs> }) => {
  const { age, data, error } = logs
  return html`
    <${Panel} title="Log lines" note=${
    data === undefined ? undefined : `${data.lines.length} lines`
  } age=${age} error=${error}>
      <div class="pad"><${Command} line=${`accessa logs --correlation ${job.correlation_id} -f`} /></div>
      ${data === undefined || data.note === null ? null : html`<p class="pad q small">${data.note}</p>`}
      <ol class="logs">${
    data?.lines.map((line, index) => {
      const head = headOf(line)
      const isNew = head !== undefined && head !== headOf(data.lines[index - 1])
      return html`${isNew ? html`<li class="try">${head}</li>` : null}<li><b class=${tones[line.level] ?? "qq"}>${
        line.level.slice(0, 1)
      }</b><time class="q" title=${line.time}>${clock(line.time)}</time><span>${line.message}</span></li>`
    }) ?? null
  }</ol>
    </${Panel}>`
}

const headOf = (line: LogLine | undefined): string | undefined => {
  const { attempt, stage } = line?.fields ?? {}
  return stage === undefined ? undefined : `${stage}${attempt === undefined ? "" : `, attempt ${attempt}`}`
}
