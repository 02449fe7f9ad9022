/** `accessa jobs list`: the newest jobs, filtered. */
import { DateTime, Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { JobPage, type JobView } from "../../../api/jobs.ts"
import { ErrorCode } from "../../../domain/ErrorCode.ts"
import { statuses } from "../../../domain/JobStatus.ts"
import { Client } from "../../client/Client.ts"
import { failure } from "../../CommandFailure.ts"
import { encoded } from "../../encoded.ts"
import { limit } from "../../flags.ts"
import { ago, count, dollars, shortId } from "../../terminal/humanize.ts"
import { Output } from "../../terminal/Output.ts"
import { printable } from "../../terminal/printable.ts"
import { statusCell } from "../../terminal/statusCell.ts"
import { printTable } from "../../terminal/table.ts"
import { largestPage, listFiltered, noneMatches, thereAreMore, type Wanted } from "./filtered.ts"

export const jobsList = Command.make("list", {
  status: Flag.Literals("status", statuses).pipe(
    Flag.withDescription("Only jobs in this status; may be repeated"),
    Flag.atLeast(0)
  ),
  errorCode: Flag.Literals("error-code", ErrorCode.literals).pipe(
    Flag.withMetavar("CODE"),
    Flag.withDescription("Only jobs with this error"),
    Flag.optional
  ),
  filename: Flag.String("filename").pipe(
    Flag.withDescription("Only files whose name contains this text (case-insensitive)"),
    Flag.optional
  ),
  filter: Flag.String("filter").pipe(
    Flag.withDescription("Jobs of all users that match, such as 'is:failed age:>1h', for operators"),
    Flag.optional
  ),
  limit: limit("jobs", 20, largestPage),
  all: Flag.Boolean("all").pipe(
    Flag.withDescription("All jobs, however many there are; --limit is ignored"),
    Flag.withDefault(false)
  ),
  cursor: Flag.String("cursor").pipe(
    Flag.withDescription("Continue after an earlier list, by the cursor that it ended with"),
    Flag.optional
  )
}, (flags) =>
  Effect.gen(function*() {
    const wanted = { jobs: flags.all ? Infinity : flags.limit, after: Option.getOrNull(flags.cursor) }
    if (Option.isSome(flags.filter)) {
      return isFiltered(flags) ? yield* twoFilters : yield* listFiltered(flags.filter.value, wanted)
    }
    const { call } = yield* Client
    const output = yield* Output
    const page = yield* upTo(wanted, (limit, cursor) =>
      call((api) =>
        api.jobs.list({
          query: {
            limit,
            ...(cursor === null ? {} : { cursor }),
            ...(flags.status.length === 0 ? {} : { status: flags.status }),
            ...(Option.isSome(flags.errorCode) ? { error_code: flags.errorCode.value } : {}),
            ...(Option.isSome(flags.filename) ? { filename: flags.filename.value } : {})
          }
        })
      ))
    if (output.json) return yield* output.record(yield* encoded(JobPage, page))
    if (page.jobs.length === 0) return yield* output.note(isFiltered(flags) ? noneMatches : noJobs)
    const now = DateTime.toDate(yield* DateTime.now)
    const id = (value: string) => output.stdoutIsTerminal ? shortId(value) : value
    const rows = page.jobs.map((job) => [
      { text: id(job.jobId) },
      statusCell(job, output.style),
      { text: job.errorCode ?? "" },
      { text: progress(job) },
      { text: dollars(job.costUsd) },
      { text: ago(DateTime.toDate(job.createdAt), now) },
      { text: printable(job.filename) }
    ])
    yield* printTable(heads, rows)
    if (page.nextCursor !== null) {
      yield* output.note(thereAreMore(page.jobs.length, page.nextCursor))
    }
  })).pipe(Command.withDescription("The newest jobs"), Command.withAlias("ls"))

const isFiltered = ({ errorCode, filename, status }: {
  readonly status: ReadonlyArray<string>
  readonly errorCode: Option.Option<string>
  readonly filename: Option.Option<string>
}): boolean => status.length > 0 || Option.isSome(errorCode) || Option.isSome(filename)

const noJobs = "You have no jobs. Start with `accessa ingest FILE`. Operators list those of all users with --filter."

const twoFilters = failure(
  "usage",
  "TWO_FILTERS",
  "--filter cannot be combined with --status, --error-code or --filename.",
  "Write them into the filter: 'status:failed_parse error_code:ENCRYPTED report'."
)

/** A filtered page may be short or empty without being the last, so follow the cursor. */
const upTo = Effect.fnUntraced(function*<E, R>(
  wanted: Wanted,
  ask: (limit: number, cursor: string | null) => Effect.Effect<JobPage, E, R>
) {
  const jobs: Array<JobView> = []
  let cursor = wanted.after
  do {
    const page: JobPage = yield* ask(Math.min(largestPage, wanted.jobs - jobs.length), cursor)
    jobs.push(...page.jobs)
    cursor = page.nextCursor
  } while (cursor !== null && jobs.length < wanted.jobs)
  return { jobs, nextCursor: cursor }
})

const heads = [
  { title: "JOB" },
  { title: "STATUS" },
  { title: "ERROR" },
  { title: "VECTORS", align: "right" },
  { title: "COST", align: "right" },
  { title: "CREATED", align: "right" },
  { title: "FILE" }
] as const

const progress = ({ progress: { embedsDone, embedsTotal } }: JobView): string =>
  embedsTotal === 0 ? "" : `${count(embedsDone)}/${count(embedsTotal)}`
