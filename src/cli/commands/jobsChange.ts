/** `accessa jobs retry` and `jobs cancel`: for each of the given jobs; a refusal does not stop the others. */
import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { JobView } from "../../api/jobs.ts"
import type { JobId } from "../../domain/Ids.ts"
import type { ApiError } from "../apiFailure.ts"
import { type ApiClient, Client } from "../Client.ts"
import { encoded } from "../encoded.ts"
import type { Failure } from "../Failure.ts"
import { resolveJob } from "../resolveId.ts"
import { Output } from "../terminal/Output.ts"
import { resultLine } from "../terminal/resultLine.ts"

const jobs = Argument.String("job").pipe(
  Argument.withDescription("The jobs' ids, or their first characters"),
  Argument.atLeast(1)
)

export const jobsRetry = Command.make(
  "retry",
  { jobs },
  ({ jobs }) => changeAll(jobs, (api, jobId) => api.jobs.retry({ params: { job_id: jobId } }))
).pipe(
  Command.withDescription("Resume failed jobs from their last good state")
)

export const jobsCancel = Command.make(
  "cancel",
  { jobs },
  ({ jobs }) => changeAll(jobs, (api, jobId) => api.jobs.cancel({ params: { job_id: jobId } }))
).pipe(
  Command.withDescription("Cancel jobs; their results so far are kept, and a retry resumes from there")
)

const changeAll = Effect.fn("cli.jobs.change")(function*(
  ids: ReadonlyArray<string>,
  change: (api: ApiClient, job: JobId) => Effect.Effect<JobView, ApiError>
) {
  const { call } = yield* Client
  const output = yield* Output
  const failures: Array<Failure> = []
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
