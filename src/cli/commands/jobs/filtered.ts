/** `accessa jobs list --filter`: jobs of all users in the words of the dashboard's filter, for operators. */
import { DateTime, Effect } from "effect"
import { JobLinePage } from "../../../api/overview.ts"
import type { JobLine } from "../../../domain/Overview.ts"
import { Client } from "../../client/Client.ts"
import { encoded } from "../../encoded.ts"
import { ago, dollars, shortId } from "../../terminal/humanize.ts"
import { Output } from "../../terminal/Output.ts"
import { printable } from "../../terminal/printable.ts"
import { statusCell } from "../../terminal/statusCell.ts"
import { printTable } from "../../terminal/table.ts"

/** The most that the API gives at once. */
export const largestPage = 200

export interface Wanted {
  readonly jobs: number
  readonly after: string | null
}

export const noneMatches = "No job matches."

export const thereAreMore = (shown: number, cursor: string): string =>
  `Showing ${shown === 1 ? "1 job" : `${shown} jobs`}; there are more. Continue with --cursor ${
    printable(cursor)
  }, or list all with --all.`

export const listFiltered = Effect.fn("cli.jobs.listFiltered")(function*(filter: string, wanted: Wanted) {
  const { call } = yield* Client
  const output = yield* Output
  const jobs: Array<JobLine> = []
  const ask = (cursor: string | null) => {
    const limit = Math.min(largestPage, wanted.jobs - jobs.length)
    return call((api) => api.overview.jobs({ query: { filter, limit, ...(cursor === null ? {} : { cursor }) } }))
  }
  let page = yield* ask(wanted.after)
  jobs.push(...page.jobs)
  // A page may be short without being the last, because the API searches a few thousand jobs per page.
  while (page.next_cursor !== null && jobs.length < wanted.jobs) {
    page = yield* ask(page.next_cursor)
    jobs.push(...page.jobs)
  }
  const found = { ...page, jobs }
  if (output.json) return yield* output.record(yield* encoded(JobLinePage, found))
  yield* output.note(found.said)
  if (jobs.length === 0) return yield* output.note(noneMatches)
  const now = DateTime.toDate(yield* DateTime.now)
  const id = (value: string) => output.stdoutIsTerminal ? shortId(value) : value
  const rows = jobs.map((job) => [
    { text: id(job.job_id) },
    { text: id(job.user_id) },
    statusCell(job, output.style),
    { text: job.error_code ?? "" },
    { text: dollars(job.cost_usd) },
    { text: ago(DateTime.toDate(job.created_at), now) },
    { text: printable(job.filename) }
  ])
  yield* printTable(heads, rows)
  if (found.next_cursor !== null) yield* output.note(thereAreMore(jobs.length, found.next_cursor))
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
