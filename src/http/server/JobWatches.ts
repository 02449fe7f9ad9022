/**
 * Watched jobs. No matter how many clients watch a job, it is read once per change, and periodically in case a notification
 * is lost. A slow watcher skips intermediate reads but no events: the latest read has them all.
 */
import { Context, Effect, Exit, Layer, Option, PubSub, RcMap, Stream } from "effect"
import { Jobs } from "../../../services/Jobs.ts"
import type { JobId, UserId } from "../../domain/Ids.ts"
import type { JobEvent } from "../../domain/Job.ts"
import { isTerminal } from "../../domain/JobStatus.ts"
import type { ServiceError } from "../../domain/ServiceError.ts"

/** Also the keep-alive interval of a quiet event stream. */
export const keepAlive = "15 seconds"

export interface Sight {
  /** The complete history, oldest first. */
  readonly events: ReadonlyArray<JobEvent>
  /** Or gone. */
  readonly ended: boolean
}

interface Key {
  readonly user: UserId
  readonly job: JobId
}

export class JobWatches extends Context.Service<JobWatches, {
  /** The job now and after each read; ends when the job ends. */
  readonly watch: (user: UserId, job: JobId) => Stream.Stream<Sight, ServiceError>
}>()("accessa/http/JobWatches") {
  static readonly layer = Layer.effect(
    JobWatches,
    Effect.gen(function*() {
      const jobs = yield* Jobs

      const open = Effect.fnUntraced(function*({ job, user }: Key) {
        const hub = yield* PubSub.sliding<Exit.Exit<Sight, ServiceError>>({ capacity: 1, replay: 1 })
        let events: ReadonlyArray<JobEvent> = []
        const look = Effect.gen(function*() {
          const found = yield* jobs.look(user, job, events.at(-1)?.eventId ?? 0)
          if (Option.isNone(found)) return { events, ended: true }
          if (found.value.events.length > 0) events = [...events, ...found.value.events]
          return { events, ended: isTerminal(found.value.status) }
        })
        yield* Stream.merge(jobs.changes(job), Stream.tick(keepAlive)).pipe(
          Stream.mapEffect(() => look),
          Stream.takeUntil(({ ended }) => ended),
          Stream.runForEach((sight) => PubSub.publish(hub, Exit.succeed(sight))),
          Effect.catch((error) => PubSub.publish(hub, Exit.fail(error))),
          Effect.forkScoped
        )
        return hub
      })
      const watched = yield* RcMap.make({ lookup: open })

      return JobWatches.of({
        watch: (user, job) =>
          Stream.unwrap(Effect.map(RcMap.get(watched, { user, job }), Stream.fromPubSub)).pipe(
            Stream.mapEffect((exit) => exit),
            Stream.takeUntil(({ ended }) => ended)
          )
      })
    })
  )
}
