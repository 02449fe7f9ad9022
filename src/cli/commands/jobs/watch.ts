/** `accessa jobs watch`: a job's events as they happen, to its end. */
import { Effect, Ref, Stream } from "effect"
import { Command } from "effect/cli"
import { JobEvent } from "../../../domain/Job.ts"
import { Client } from "../../client/Client.ts"
import { resolveJob } from "../../client/resolveId.ts"
import { failure } from "../../CommandFailure.ts"
import { encoded } from "../../encoded.ts"
import { jobArgument, timeout, within } from "../../flags.ts"
import { Output } from "../../terminal/Output.ts"
import { resultLine } from "../../terminal/resultLine.ts"
import { allEvents, eventLine } from "./events.ts"

export const jobsWatch = Command.make(
  "watch",
  { job: jobArgument, timeout },
  ({ job: id, timeout }) =>
    Effect.gen(function*() {
      const { call } = yield* Client
      const output = yield* Output
      const jobId = yield* resolveJob(id)
      const before = yield* Ref.make<JobEvent | undefined>(undefined)
      const print = Effect.fnUntraced(function*(event: JobEvent) {
        yield* output.print(eventLine(event, yield* Ref.getAndSet(before, event), output.style))
        yield* output.record(yield* encoded(JobEvent, event))
      })
      yield* Stream.runForEach(allEvents(jobId), print).pipe(
        within(timeout, late(jobId)),
        Effect.onInterrupt(() => output.note(`The job continues. Resume with \`accessa jobs watch ${jobId}\`.`))
      )
      const job = yield* call((api) => api.jobs.get({ params: { job_id: jobId }, query: {} }))
      yield* output.print(resultLine(job.filename, job, output.style))
      if (job.status !== "complete") return yield* ended(jobId, job.status)
    })
).pipe(Command.withDescription("Follow a job's events to its end; exits with 1 if it failed"))

const late = (job: string) =>
  failure(
    "timeout",
    "TIMEOUT",
    "The timeout expired before the job had ended.",
    `\`accessa jobs explain ${job}\` says why.`
  )

const ended = (job: string, status: string) =>
  failure("failed", "JOB_FAILED", `The job ended as ${status}.`, `\`accessa jobs explain ${job}\` says what to do.`)
