/** A job's history as server-sent events, from a given event until the job has ended. */
import { Schema, Stream } from "effect"
import { Sse } from "effect/encoding"
import { JobEventLine } from "../../api/jobs.ts"
import type { JobEvent } from "../../domain/Job.ts"
import type { Sight } from "./JobWatches.ts"

/** `after` is the number of the last event the caller has received. */
export const eventStream = <E>(sights: Stream.Stream<Sight, E>, after: number) => {
  let last = after
  return sights.pipe(
    Stream.map(({ events }) => {
      const fresh = events.filter(({ eventId }) => eventId > last)
      last = fresh.at(-1)?.eventId ?? last
      return fresh.length > 0 ? fresh.map(line).join("") : ": alive\n\n"
    }),
    Stream.encodeText
  )
}

const encodeLine = Schema.encodeSync(JobEventLine)

const line = (event: JobEvent): string => {
  const { data, id } = encodeLine({ id: String(event.eventId), event: event.type, data: event })
  return Sse.encoder.write({ _tag: "Event", id, event: event.type, data })
}
