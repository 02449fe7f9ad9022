/**
 * `accessa jobs retry` and `jobs cancel`: for each of the given jobs, a refusal does not stop the others; or, for operators, for
 * all jobs that a filter matches.
 */
import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { JobView } from "../../../api/jobs.ts"
import type { JobId } from "../../../domain/Ids.ts"
import type { ApiError } from "../../client/apiFailure.ts"
import { type ApiClient, Client } from "../../client/Client.ts"
import { resolveJob } from "../../client/resolveId.ts"
import { type CommandFailure, failure } from "../../CommandFailure.ts"
import { encoded } from "../../encoded.ts"
import { count, dollars } from "../../terminal/humanize.ts"
import { Output } from "../../terminal/Output.ts"
import { resultLine } from "../../terminal/resultLine.ts"

const jobs = Argument.String("job").pipe(
  Argument.withDescription("The jobs' ids, or their first characters"),
  Argument.variadic({ min: 0 })
)
const flags = {
  filter: Flag.String("filter").pipe(
    Flag.withDescription("All matching jobs, of all users, such as 'status:failed_parse age:>1h'"),
    Flag.optional
  ),
  dryRun: Flag.Boolean("dry-run").pipe(
    Flag.withDescription("With --filter: count, and change nothing"),
    Flag.withDefault(false)
  )
}

export const jobsRetry = Command.make(
  "retry",
  { jobs, ...flags },
  ({ dryRun, filter, jobs }) =>
    Option.match(filter, {
      onNone: () => changeEach(jobs, (api, jobId) => api.jobs.retry({ params: { job_id: jobId } })),
      onSome: (text) => changeMatching("retry", text, dryRun)
    })
).pipe(
  Command.withDescription("Resume failed jobs from their last good state")
)

export const jobsCancel = Command.make(
  "cancel",
  { jobs, ...flags },
  ({ dryRun, filter, jobs }) =>
    Option.match(filter, {
      onNone: () => changeEach(jobs, (api, jobId) => api.jobs.cancel({ params: { job_id: jobId } })),
      onSome: (text) => changeMatching("cancel", text, dryRun)
    })
).pipe(
  Command.withDescription("Cancel jobs; their results so far are kept, and a retry resumes from there")
)

const changeMatching = Effect.fn("cli.jobs.changeMatching")(
  function*(kind: "retry" | "cancel", filter: string, dryRun: boolean) {
    const { call } = yield* Client
    const output = yield* Output
    const request = { payload: { filter, dry_run: dryRun }, headers: {} }
    const found = yield* call((api) =>
      kind === "retry" ? api.overview.retryAll(request) : api.overview.cancelAll(request)
    )
    yield* output.record(found)
    yield* output.print(found.said)
    const costs = kind === "retry" && found.eligible > 0
      ? `, about ${dollars(found.estimated_usd)} to spend, ${count(found.vectors_kept)} vectors kept`
      : ""
    yield* output.print(
      `${count(found.matched)} match, ${count(found.eligible)} can be changed, of ${count(found.users)} users${costs}. `
        + (dryRun ? "Nothing was changed." : `${count(found.changed)} were changed.`)
    )
    if (found.more) yield* output.note("More jobs match: run the command again.")
  }
)

const changeEach = Effect.fn("cli.jobs.change")(function*(
  ids: ReadonlyArray<string>,
  change: (api: ApiClient, job: JobId) => Effect.Effect<JobView, ApiError>
) {
  const { call } = yield* Client
  const output = yield* Output
  const failures: Array<CommandFailure> = []
  if (ids.length === 0) return yield* noJobs
  for (const id of ids) {
    const one = Effect.gen(function*() {
      const jobId = yield* resolveJob(id)
      const job = yield* call((api) => change(api, jobId))
      yield* output.print(resultLine(job.filename, job, output.style))
      yield* output.record(yield* encoded(JobView, job))
    })
    yield* one.pipe(Effect.catch((failure) => Effect.sync(() => void failures.push(failure))))
  }
  // the last one is the command's own end, printed with it
  for (const failure of failures.slice(0, -1)) yield* output.fail(failure)
  const last = failures.at(-1)
  if (last !== undefined) return yield* last
})

const noJobs = failure("usage", "JOBS_MISSING", "No job given.", "Pass job ids or --filter.")
