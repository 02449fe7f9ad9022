/** A job's history as server-sent events, from any event on and until the job has ended. */
import { Effect, Option, Schema, Stream } from "effect"
import { Sse } from "effect/encoding"
import type { Jobs } from "../../services/Jobs.ts"
import type { JobId, UserId } from "../domain/Ids.ts"
import type { JobEvent } from "../domain/Job.ts"
import { isTerminal } from "../domain/JobStatus.ts"
import { JobEventLine } from "./JobView.ts"
import { type Nudge, watchJob } from "./watchJob.ts"

/** `after` is the number of the last event that the caller has seen. */
export const eventStream = (jobs: Jobs["Service"], user: UserId, job: JobId, after: number) => {
  let last = after
  const look = Effect.fnUntraced(function*(nudge: Nudge) {
    const found = yield* jobs.find(user, job)
    const events = yield* jobs.events(user, job, last)
    last = events.at(-1)?.event_id ?? last
    // A failed job that was retried has ends in its history that are not its end: only the newest event counts.
    const ended = events.length > 0
      ? isTerminal(events.at(-1)?.to_status ?? "uploaded")
      : Option.isNone(found) || isTerminal(found.value.status)
    return { ended, text: events.length > 0 ? events.map(line).join("") : nudge === "tick" ? ": alive\n\n" : "" }
  })
  return watchJob(jobs, job).pipe(
    Stream.mapEffect(look),
    Stream.takeUntil(({ ended }) => ended),
    Stream.map(({ text }) => text),
    Stream.filter((text) => text !== ""),
    Stream.encodeText
  )
}

const encodeLine = Schema.encodeSync(JobEventLine)

const line = (event: JobEvent): string => {
  const { data, id } = encodeLine({ id: String(event.event_id), event: event.type, data: event })
  return Sse.encoder.write({ _tag: "Event", id, event: event.type, data })
}
