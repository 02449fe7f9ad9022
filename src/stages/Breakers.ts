/** One circuit breaker for each service behind the pipeline. */
import { Cause, Context, Effect, Exit, Layer, Option } from "effect"
import { CircuitBreaker } from "effect/persistence"
import type { StaleClaim } from "../domain/Move.ts"
import { type Dependency, RecoverableError, type StageError } from "../domain/StageError.ts"
import { failuresToOpen, openFor, rateCodes, unavailableCode } from "../policy/breakers.ts"

export class Breakers extends Context.Service<Breakers, {
  /** Runs a call unless the circuit is open: then it fails as recoverable, with the time until the next probe. */
  readonly guard: <A, R>(
    dependency: Dependency,
    call: Effect.Effect<A, StageError | StaleClaim, R>
  ) => Effect.Effect<A, StageError | StaleClaim, R>
}>()("accessa/stages/Breakers") {
  static readonly layer = Layer.effect(
    Breakers,
    Effect.gen(function*() {
      const breaker = yield* CircuitBreaker.make({
        tripPolicy: CircuitBreaker.consecutive(failuresToOpen),
        openDuration: openFor
      })
      return Breakers.of({
        guard: (dependency, call) =>
          breaker.execute(call, { key: dependency, classify: (exit) => outcome(dependency, exit) }).pipe(
            Effect.catchTag("CircuitBreakerError", (error) => refused(dependency, error))
          )
      })
    })
  ).pipe(Layer.provide(CircuitBreaker.layerStoreMemory()))
}

/** A bad document says nothing about the service; neither does another service's failure met on the way. */
const outcome = <A>(dependency: Dependency, exit: Exit.Exit<A, StageError | StaleClaim>): CircuitBreaker.Outcome => {
  if (Exit.isSuccess(exit)) return CircuitBreaker.success
  const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
  if (error === undefined || error._tag === "StaleClaim" || error._tag === "PermanentError") {
    return CircuitBreaker.success
  }
  // Whose rate is limited is not out: the job waits as long as it is told.
  if (rateCodes.has(error.code)) return CircuitBreaker.ignored
  return error.dependency === dependency
    ? CircuitBreaker.failure({ retryAfter: error.retryAfter })
    : CircuitBreaker.success
}

const refused = Effect.fnUntraced(function*(dependency: Dependency, error: CircuitBreaker.CircuitBreakerError) {
  const retryAfter = error.reason._tag === "CircuitOpen" ? error.reason.retryAfter : openFor
  return yield* new RecoverableError({
    code: unavailableCode[dependency],
    message: `The circuit to the ${dependency} is open since it failed ${failuresToOpen} times in a row.`,
    dependency,
    retryAfter
  })
})
