/** Around every route of the contract: reports what could not be decoded in a request, and logs the request. */
import { Cause, Clock, Effect, Exit, Layer, Option, Predicate, type Types } from "effect"
import { HttpApiError } from "effect/http-api"
import { withLogFields } from "../../../otel/names/logFields.ts"
import type { BadRequest } from "../../api/Problem.ts"
import { Problems } from "../../api/Problems.ts"
import { unreadable } from "../../api/unreadable.ts"
import { setRetryAfter } from "../server/setHeader.ts"

export const ProblemsLive: Layer.Layer<Problems> = Layer.succeed(
  Problems,
  (app, { endpoint }) =>
    Effect.flatMap(Clock.currentTimeMillis, (start) =>
      app.pipe(
        Effect.catch((error): Effect.Effect<never, Types.unhandled | BadRequest> =>
          HttpApiError.HttpApiSchemaError.is(error) ? rejected(error) : Effect.fail(error)
        ),
        Effect.tapError(setRetryAfter),
        Effect.onExit((exit) =>
          isTurnedAway(exit) ? Effect.void : logRequest(`${endpoint.method} ${endpoint.path}`, statusOf(exit), start)
        )
      ))
)

/** Our own answer may violate the contract as well: that is not the caller's fault. */
const rejected = ({ cause, kind }: HttpApiError.HttpApiSchemaError) =>
  kind === "Body" || kind === "ResponseHeaders" ? Effect.die(cause) : Effect.fail(unreadable(kind.toLowerCase(), cause))

/** Above a limit: a flood of requests must not flood the log. */
const isTurnedAway = (exit: Exit.Exit<unknown, unknown>): boolean =>
  Exit.isFailure(exit) &&
  Option.exists(
    Cause.findErrorOption(exit.cause),
    Predicate.or(Predicate.isTagged("TooManyRequests"), Predicate.isTagged("Overloaded"))
  )

const statusOf = (exit: Exit.Exit<{ readonly status: number }, unknown>): number => {
  if (Exit.isSuccess(exit)) return exit.value.status
  const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
  if (typeof error === "object" && error !== null && "status" in error && typeof error.status === "number") {
    return error.status
  }
  return Cause.hasInterruptsOnly(exit.cause) ? 499 : 500
}

/** Reads are routine and logged at debug level; changes and our own failures are logged at info level or above. */
const logRequest = Effect.fnUntraced(function*(route: string, status: number, start: number) {
  const line = withLogFields({ route, status, ms: (yield* Clock.currentTimeMillis) - start })
  if (status >= 500) return yield* line(Effect.logWarning("Request failed"))
  yield* line(route.startsWith("GET ") ? Effect.logDebug("Request served") : Effect.logInfo("Request served"))
})
