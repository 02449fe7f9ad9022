/** `accessa jobs list --filter`: jobs of all users in the words of the dashboard's filter, for operators. */
import { DateTime, Effect } from "effect"
import { JobLinePage } from "../../api/overview.ts"
import type { JobLine } from "../../domain/Overview.ts"
import { Client } from "../client/Client.ts"
import { encoded } from "../encoded.ts"
import { ago, dollars, shortId } from "../terminal/humanize.ts"
import { Output } from "../terminal/Output.ts"
import { printable } from "../terminal/printable.ts"
import { statusColour } from "../terminal/Style.ts"
import { table } from "../terminal/table.ts"

export const listFiltered = Effect.fn("cli.jobs.listFiltered")(function*(filter: string, wanted: number) {
  const { call } = yield* Client
  const output = yield* Output
  const ask = (limit: number, cursor: string | null) =>
    call((api) => api.overview.jobs({ query: { filter, limit, ...(cursor === null ? {} : { cursor }) } }))
  const jobs: Array<JobLine> = []
  let page = yield* ask(wanted, null)
  jobs.push(...page.jobs)
  // A page may be short without being the last, because the API searches a few thousand jobs per page.
  while (page.next_cursor !== null && jobs.length < wanted) {
    page = yield* ask(wanted - jobs.length, page.next_cursor)
    jobs.push(...page.jobs)
  }
  const found = { ...page, jobs }
  if (output.json) return yield* output.record(yield* encoded(JobLinePage, found))
  yield* output.note(found.said)
  if (jobs.length === 0) return yield* output.note("No job matches.")
  const now = DateTime.toDate(yield* DateTime.now)
  const { columns } = yield* output.size
  const id = (value: string) => output.stdoutIsTerminal ? shortId(value) : value
  const rows = jobs.map((job) => [
    { text: id(job.job_id) },
    { text: id(job.user_id) },
    { text: job.status, paint: statusColour(output.style, job.status) },
    { text: job.error_code ?? "" },
    { text: dollars(job.cost_usd) },
    { text: ago(DateTime.toDate(job.created_at), now) },
    { text: printable(job.filename) }
  ])
  const lines = table(heads, rows, { width: output.stdoutIsTerminal ? columns : Infinity, head: output.style.dim })
  for (const line of lines) yield* output.print(line)
  if (found.next_cursor !== null) yield* output.note(`Showing ${jobs.length} jobs; there are more.`)
})

const heads = [
  { title: "JOB" },
  { title: "USER" },
  { title: "STATUS" },
  { title: "ERROR" },
  { title: "COST", align: "right" },
  { title: "CREATED", align: "right" },
  { title: "FILE" }
] as const
