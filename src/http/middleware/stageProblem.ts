/** The failures of the ports as problems: a service that is out or busy is 503 with `Retry-After`, the rest keeps its code. */
import { Duration, Effect } from "effect"
import { HttpEffect, HttpServerResponse } from "effect/http"
import { Correlation } from "../../api/Correlation.ts"
import { Internal, Unavailable, Unprocessable } from "../../api/Problem.ts"
import { errorClass, type ServiceError } from "../../domain/ServiceError.ts"

/** Where the service that failed names no time itself. */
const patience = { transient: Duration.seconds(5), recoverable: Duration.seconds(30) }

const tags: ReadonlySet<string> = new Set(["TransientError", "PermanentError", "RecoverableError"])
const isStageError = (error: unknown): error is ServiceError =>
  typeof error === "object" && error !== null && "_tag" in error && typeof error._tag === "string" &&
  tags.has(error._tag)

export const stageProblem = <A, E, R>(self: Effect.Effect<A, E | ServiceError, R>) =>
  Effect.catchIf(self, (error): error is ServiceError => isStageError(error), toProblem)

const toProblem = Effect.fnUntraced(function*(error: ServiceError) {
  const correlation_id = yield* Correlation
  const kind = errorClass(error)
  if (kind === "permanent") {
    if (error.code !== "INTERNAL") {
      return yield* new Unprocessable({ code: error.code, detail: error.message, correlation_id })
    }
    yield* Effect.logError("A port failed in a way that it should not", error)
    return yield* new Internal({ detail: "The request could not be carried out.", correlation_id })
  }
  yield* Effect.logWarning("A service that a request needs is not available", error)
  const wished = "retryAfter" in error ? error.retryAfter : undefined
  const retry_after_s = Math.max(1, Math.ceil(Duration.toSeconds(wished ?? patience[kind])))
  yield* HttpEffect.appendPreResponseHandler((_, response) =>
    Effect.succeed(HttpServerResponse.setHeader(response, "retry-after", String(retry_after_s)))
  )
  return yield* new Unavailable({ code: error.code, class: kind, detail: error.message, correlation_id, retry_after_s })
})
