/** Jobs: list, get, events, explain, receipt, retry, cancel. */
import { Clock, DateTime, Deferred, Effect, Option, Stream } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { type Changed, JobPlace, Jobs } from "../../services/Jobs.ts"
import { Caller, CredentialEnded } from "../api/Access.ts"
import { Api } from "../api/Api.ts"
import { Conflict, NotFound } from "../api/Problem.ts"
import { defined } from "../domain/defined.ts"
import { explain } from "../domain/explain.ts"
import type { JobId, UserId } from "../domain/Ids.ts"
import type { Job } from "../domain/Job.ts"
import { isTerminal } from "../domain/JobStatus.ts"
import { atLeast } from "../domain/Principal.ts"
import { parseDeadline, streamLife } from "../policy/deadlines.ts"
import { makeJobLogs } from "./jobLogs.ts"
import { handler } from "./middleware/serviceProblem.ts"
import { byCaller } from "./server/byCaller.ts"
import { Draining } from "./server/Draining.ts"
import { eventStream } from "./server/eventStream.ts"
import { HttpOptions } from "./server/HttpOptions.ts"
import { JobWatches } from "./server/JobWatches.ts"
import { orMissing } from "./server/orMissing.ts"
import { fromCursor, toCursor } from "./server/pages.ts"
import { toJobView } from "./views/toJobView.ts"

export const JobsLive = HttpApiBuilder.group(
  Api,
  "jobs",
  Effect.fnUntraced(function*(handlers) {
    const jobs = yield* Jobs
    const watches = yield* JobWatches
    const { traceUrl } = yield* HttpOptions
    const view = (job: Job) => toJobView(job, traceUrl)
    const logsOf = yield* makeJobLogs
    const draining = Deferred.await(yield* Draining)

    const find = Effect.fnUntraced(function*(id: JobId) {
      const { userId } = yield* Caller
      return yield* orMissing(yield* jobs.find(userId, id), () => missing(id))
    })

    /** Until the job has ended, the time is up or the server shuts down, whichever comes first. */
    const awaitEnd = (user: UserId, id: JobId, seconds: number) =>
      watches.watch(user, id).pipe(
        Stream.interruptWhen(draining),
        Stream.runDrain,
        Effect.timeoutOption(seconds * 1000)
      )

    return handlers.handleAll({
      list: handler(
        "http.jobs.list",
        function*({ query: { cursor, document_id, error_code, filename, limit = 50, status } }) {
          const { userId } = yield* Caller
          const found = yield* jobs.list(userId, {
            limit,
            ...defined({
              status,
              documentId: document_id,
              errorCode: error_code,
              filename,
              after: yield* readPlace(cursor)
            })
          })
          return { jobs: found.jobs.map(view), nextCursor: Option.getOrNull(Option.map(found.next, toCursor)) }
        }
      ),
      get: handler("http.jobs.get", function*({ params, query }) {
        const job = yield* find(params.job_id)
        if (query.wait === undefined || isTerminal(job.status)) return view(job)
        yield* awaitEnd(job.userId, job.jobId, query.wait)
        return view(yield* find(job.jobId))
      }),
      events: handler("http.jobs.events", function*({ headers, params }) {
        const { jobId, userId } = yield* find(params.job_id)
        const events = eventStream(watches.watch(userId, jobId), headers["last-event-id"] ?? 0).pipe(
          Stream.interruptWhen(Effect.raceAll([draining, Effect.sleep(streamLife), yield* CredentialEnded])),
          // The caller sees the stream end early and reconnects with the number of its last event.
          Stream.catch((error) => Stream.drain(Stream.fromEffect(Effect.logWarning("An event stream failed", error))))
        )
        return HttpServerResponse.stream(events, {
          contentType: "text/event-stream",
          headers: { "cache-control": "no-cache", "x-accel-buffering": "no" }
        })
      }),
      explain: handler("http.jobs.explain", function*({ params }) {
        const job = yield* find(params.job_id)
        const history = yield* jobs.events(job.userId, job.jobId, 0)
        const now = DateTime.makeUnsafe(yield* Clock.currentTimeMillis)
        return explain({ job, history, now, parseDeadline })
      }),
      receipt: handler("http.jobs.receipt", function*({ params: { job_id } }) {
        const { userId } = yield* Caller
        return yield* orMissing(yield* jobs.receipt(userId, job_id), () => missing(job_id))
      }),
      calls: handler("http.jobs.calls", function*({ params: { job_id } }) {
        const { jobId, userId } = yield* find(job_id)
        return yield* jobs.calls(userId, jobId)
      }),
      logs: handler("http.jobs.logs", function*({ params, query: { level = "TRACE", limit = 200 } }) {
        const { role } = yield* Caller
        return yield* logsOf(yield* find(params.job_id), { level, limit, isOperator: atLeast(role, "operator") })
      }),
      retry: handler("http.jobs.retry", function*({ params: { job_id } }) {
        const { userId } = yield* Caller
        return view(yield* changedJob(job_id, yield* jobs.retry(userId, job_id, yield* byCaller), "JOB_NOT_RETRYABLE"))
      }),
      cancel: handler("http.jobs.cancel", function*({ params: { job_id } }) {
        const { userId } = yield* Caller
        return view(
          yield* changedJob(job_id, yield* jobs.cancel(userId, job_id, yield* byCaller), "JOB_NOT_CANCELLABLE")
        )
      })
    })
  })
)

const readPlace = fromCursor(JobPlace)

const missing = (id: JobId) => new NotFound({ code: "JOB_NOT_FOUND", detail: `There is no job ${id}.` })

const reasons = {
  JOB_NOT_RETRYABLE: "only a failed job can be retried.",
  JOB_NOT_CANCELLABLE: "it has ended already."
}

const changedJob = Effect.fnUntraced(function*(id: JobId, found: Option.Option<Changed>, code: keyof typeof reasons) {
  if (Option.isNone(found)) return yield* missing(id)
  const { changed, job } = found.value
  if (changed) return job
  const detail = `The job is ${job.status}: ${reasons[code]}`
  return yield* new Conflict({ code, detail })
})
