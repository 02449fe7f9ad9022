/**
 * Watches jobs until they have ended. A few jobs are polled concurrently with `wait`, so that their end is seen at once;
 * many take turns. While the API restarts, it is retried for two minutes.
 */
import { Context, Effect, Layer, Ref, Schedule, Semaphore } from "effect"
import type { JobView } from "../../api/jobs.ts"
import type { JobId } from "../../domain/Ids.ts"
import { isTerminal } from "../../domain/JobStatus.ts"
import type { CommandFailure } from "../CommandFailure.ts"
import { type ApiError, isPassing } from "./apiFailure.ts"
import { Client } from "./Client.ts"

const atOnce = 16

export class Follower extends Context.Service<Follower, {
  readonly follow: (job: JobId, seen: (job: JobView) => Effect.Effect<void>) => Effect.Effect<JobView, CommandFailure>
}>()("accessa/cli/Follower") {
  static readonly layer: Layer.Layer<Follower, never, Client> = Layer.effect(
    Follower,
    Effect.gen(function*() {
      const { call } = yield* Client
      const turns = yield* Semaphore.make(atOnce)
      const open = yield* Ref.make(0)
      const look = (job_id: JobId, many: boolean) =>
        turns.withPermits(1)(
          call((api) =>
            api.jobs.get({ params: { job_id }, query: many ? {} : { wait: 1 } }).pipe(
              Effect.timeout("15 seconds"),
              Effect.retry(untilItIsBack)
            )
          )
        )
      return Follower.of({
        follow: Effect.fn("Follower.follow")(function*(id, seen) {
          yield* Ref.update(open, (number) => number + 1)
          const watch = Effect.gen(function*() {
            for (;;) {
              const others = yield* Ref.get(open)
              const job = yield* look(id, others > atOnce)
              yield* seen(job)
              if (isTerminal(job.status)) return job
              // pause in case the API ignores `wait`
              yield* Effect.sleep(others > atOnce ? `${50 * others} millis` : "200 millis")
            }
          })
          return yield* Effect.ensuring(watch, Ref.update(open, (number) => number - 1))
        })
      })
    })
  )
}

const untilItIsBack = Schedule.min([Schedule.exponential("250 millis"), Schedule.spaced("3 seconds")]).pipe(
  Schedule.upTo({ duration: "2 minutes" }),
  Schedule.setInputType<ApiError>(),
  Schedule.while(({ input }) => isPassing(input))
)
