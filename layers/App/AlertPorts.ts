/** How the alerts reach the database: at once inside `start`, or as soon as it can be reached. */
import { Effect, Exit, Layer, Option, Ref, Scope } from "effect"
import { AlertFactsSource } from "../../services/AlertFactsSource.ts"
import { AlertRounds } from "../../services/AlertRounds.ts"
import { AlertPorts, NotConnected } from "../../src/monitor/alerts/AlertPorts.ts"
import { AlertStores } from "./Stores.ts"

const portsThere = Effect.gen(function*() {
  return { rounds: yield* AlertRounds, facts: yield* AlertFactsSource }
})

/** Over the stores that the process has anyway. */
export const AlertPortsNow = Layer.effect(
  AlertPorts,
  Effect.map(portsThere, (ports) => AlertPorts.of({ connect: Effect.succeed(ports) }))
)

/** If the database is down when the monitor starts, that is what it must report. */
export const AlertPortsLater = Layer.effect(
  AlertPorts,
  Effect.gen(function*() {
    const scope = yield* Scope.Scope
    const context = yield* Effect.context<Layer.Services<typeof AlertStores>>()
    const known = yield* Ref.make(Option.none<Effect.Success<typeof portsThere>>())

    const build = Effect.gen(function*() {
      const attempt = yield* Scope.fork(scope)
      const stores = yield* Layer.buildWithScope(AlertStores, attempt).pipe(
        Effect.tapCause(() => Scope.close(attempt, Exit.void)),
        Effect.mapError(({ message }) => new NotConnected({ message }))
      )
      const ports = yield* Effect.provide(portsThere, stores)
      yield* Ref.set(known, Option.some(ports))
      return ports
    }).pipe(Effect.provide(context))

    return AlertPorts.of({
      connect: Effect.flatMap(Ref.get(known), Option.match({ onNone: () => build, onSome: Effect.succeed }))
    })
  })
)
