/** Errors of the service as the metrics see them. */
import { Cause, Effect, Exit, Option, Schema, Stream } from "effect"
import { errorCodes } from "../../src/domain/ErrorCode.ts"
import { errorClass, ServiceError } from "../../src/domain/ServiceError.ts"
import type { LabelsOf } from "./metrics.ts"
import { count, observe, timed } from "./record.ts"

export const countError = (error: ServiceError): Effect.Effect<void> =>
  count("accessa_errors_total", {
    class: errorClass(error),
    code: error.code,
    dependency: error.dependency ?? errorCodes[error.code].dependency ?? "none"
  })

type Call = LabelsOf<"accessa_provider_call_seconds">

/** Measures a call to a provider. */
export const providerCall =
  (dependency: Call["dependency"], operation: Call["operation"]) =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    self.pipe(
      timed("accessa_provider_call_seconds", (exit) => ({ dependency, operation, outcome: outcomeOf(exit) }))
    )

/** Measures a call whose answer is a stream, up to its first part: the rest takes as long as its reader. */
export const providerStream =
  (dependency: Call["dependency"], operation: Call["operation"]) =>
  <A, E, R>(self: Stream.Stream<A, E, R>): Stream.Stream<A, E, R> =>
    Stream.unwrap(Effect.clockWith((clock) =>
      Effect.sync(() => {
        const start = clock.currentTimeNanosUnsafe()
        let answered = false
        const answer = (outcome: Call["outcome"]) =>
          Effect.suspend(() => {
            if (answered) return Effect.void
            answered = true
            const seconds = Number(clock.currentTimeNanosUnsafe() - start) / 1e9
            return observe("accessa_provider_call_seconds", { dependency, operation, outcome }, seconds)
          })
        return self.pipe(
          Stream.onFirst(() => answer("ok")),
          Stream.onExit((exit) => answer(outcomeOf(exit)))
        )
      })
    ))

const isServiceError = Schema.is(ServiceError)

/** An error of another kind, such as that of the content that is sent, says nothing about the provider. */
const outcomeOf = <A, E>(exit: Exit.Exit<A, E>): Call["outcome"] => {
  if (Exit.isSuccess(exit)) return "ok"
  const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
  if (!isServiceError(error)) return "interrupted"
  return errorCodes[error.code].circuit === "rate" ? "rate_limited" : errorClass(error)
}
