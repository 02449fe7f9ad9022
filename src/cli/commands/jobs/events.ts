/** A job's history as the API streams it: past events, then new ones, across restarts of the API. */
import { DateTime, Effect, Ref, Schedule, Stream } from "effect"
import type { JobId } from "../../../domain/Ids.ts"
import type { JobEvent } from "../../../domain/Job.ts"
import { isTerminal } from "../../../domain/JobStatus.ts"
import { type ApiError, isPassing } from "../../client/apiFailure.ts"
import { Client } from "../../client/Client.ts"
import type { CommandFailure } from "../../CommandFailure.ts"
import { count, span } from "../../terminal/humanize.ts"
import { printable } from "../../terminal/printable.ts"
import { statusColour, type Style } from "../../terminal/Style.ts"

/** Ends when the job has ended. The API may close a stream for other reasons, so this checks the job itself. */
export const allEvents = (jobId: JobId): Stream.Stream<JobEvent, CommandFailure, Client> =>
  Stream.unwrap(Effect.gen(function*() {
    const { api, call, failureOf } = yield* Client
    const last = yield* Ref.make<number | undefined>(undefined)
    const connection = Stream.unwrap(Effect.gen(function*() {
      const after = yield* Ref.get(last)
      return yield* api.jobs.events({
        params: { job_id: jobId },
        headers: after === undefined ? {} : { "last-event-id": after }
      })
    })).pipe(
      Stream.map(({ data }) => data),
      Stream.tap((event) => Ref.set(last, event.eventId)),
      Stream.retry(reconnect),
      Stream.catch((error: ApiError) => Stream.fromEffect(Effect.flatMap(failureOf(error), Effect.fail)))
    )
    const hasEnded = call((api) => api.jobs.get({ params: { job_id: jobId }, query: {} })).pipe(
      Effect.map((job) => isTerminal(job.status))
    )
    return connection.pipe(
      Stream.repeat(Schedule.spaced("500 millis").pipe(Schedule.while(() => Effect.map(hasEnded, (ended) => !ended))))
    )
  }))

const reconnect = Schedule.min([Schedule.exponential("250 millis"), Schedule.spaced("3 seconds")]).pipe(
  Schedule.upTo({ duration: "2 minutes" }),
  Schedule.setInputType<ApiError>(),
  Schedule.while(({ input }) => isPassing(input))
)

/** Only the first group of a worker's id is shown. */
const idTail = /(:[0-9a-f]{8})(?:-[0-9a-f]+){4}$/u

/** `12:00:03Z  +1.2s  parsed → parse_validated  worker:1f0b…`; `before` is the event above it. */
export const eventLine = (event: JobEvent, before: JobEvent | undefined, style: Style): string => {
  // In UTC, as the logs and the audit log have it.
  const at = `${DateTime.formatIso(event.createdAt).slice(11, 19)}Z`
  const since = before === undefined
    ? ""
    : `+${span(event.createdAt.epochMilliseconds - before.createdAt.epochMilliseconds)}`
  const colour = statusColour(style, event.toStatus)
  const move = event.fromStatus === null || event.fromStatus === event.toStatus
    ? colour(event.toStatus)
    : `${event.fromStatus} → ${colour(event.toStatus)}`
  const { embedsDone, embedsTotal } = event.progress
  return [
    style.dim(at),
    since.padStart(7),
    move,
    ...(event.type === "moved" ? [] : [style.yellow(event.type)]),
    ...(event.code === null ? [] : [style.bold(event.code)]),
    ...(event.message === null ? [] : [printable(event.message)]),
    ...(event.toStatus === "embedding_in_progress" && embedsTotal > 0
      ? [`${count(embedsDone)}/${count(embedsTotal)}`]
      : []),
    style.dim(printable(event.actor).replace(idTail, "$1"))
  ].join("  ")
}
