/** The database's facts among the metrics: read at most every few seconds, however many scrape, and absent when unknown. */
import { Clock, Context, Duration, Effect, Exit, Layer, type Metric, Option, Schedule } from "effect"
import { PipelineStats } from "../../../services/PipelineStats.ts"
import type { ServiceError } from "../../domain/ServiceError.ts"
import { type Facts, factsOf } from "../databaseFacts.ts"
import { HttpOptions } from "./HttpOptions.ts"

const kept = Duration.seconds(5)
const patience = Duration.seconds(4)
/** A database that takes long to answer is asked less often: its share of the time stays the same. */
const pauses = 20

export class DatabaseFacts extends Context.Service<DatabaseFacts, {
  /** Puts the current facts into the registry. */
  readonly refresh: Effect.Effect<void>
}>()("accessa/http/DatabaseFacts") {
  static readonly layer = Layer.effect(
    DatabaseFacts,
    Effect.gen(function*() {
      const stats = yield* PipelineStats
      const { metrics: { pushedEvery } } = yield* HttpOptions
      const context = yield* Effect.context<never>()
      let shown: ReadonlyArray<Metric.Registration> = []

      /** Series that stay are never missing in between. */
      const show = (facts: Facts) =>
        Effect.sync(() => {
          const before = shown
          shown = facts.map((register) => register(context))
          for (const { remove } of before) remove()
        })
      yield* Effect.addFinalizer(() => show([]))

      const read = Effect.gen(function*() {
        const start = yield* Clock.currentTimeMillis
        const found = yield* stats.read
        const statements = yield* stats.statements
        const took = Duration.millis((yield* Clock.currentTimeMillis) - start)
        yield* show(factsOf(Option.some({ found, statements, took })))
        return took
      }).pipe(
        Effect.timeout(patience),
        Effect.tapError((error) =>
          Effect.andThen(
            show(factsOf(Option.none())),
            Effect.logWarning(`The database's metrics are unknown. ${said(error)}`)
          )
        )
      )
      const cached = yield* Effect.cachedWithTTL(
        read,
        (exit) => Exit.isSuccess(exit) ? Duration.max(kept, Duration.times(exit.value, pauses)) : kept
      )
      // A failed read is a metric of its own, accessa_database_up.
      const refresh = Effect.ignore(cached)
      if (pushedEvery !== undefined) {
        yield* Effect.forkScoped(Effect.schedule(refresh, Schedule.spaced(pushedEvery)))
      }
      return DatabaseFacts.of({ refresh })
    })
  )
}

const said = (error: ServiceError | { readonly message: string }): string =>
  "code" in error ? `${error.code}: ${error.message}` : error.message
