/** Around every route of the contract: says what in a request could not be read, and writes its line into the log. */
import { Cause, Clock, Effect, Exit, Layer, Option, Predicate, type Types } from "effect"
import { HttpApiError } from "effect/http-api"
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

/** Our own answer may not fit the contract either: that is no fault of the caller. */
const rejected = ({ cause, kind }: HttpApiError.HttpApiSchemaError) =>
  kind === "Body" || kind === "ResponseHeaders" ? Effect.die(cause) : Effect.fail(unreadable(kind.toLowerCase(), cause))

/** Above a limit: whoever floods the service must not flood its log. */
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

/** Reading is routine and only worth a line to someone who debugs; what changes something, or fails here, is not. */
const logRequest = Effect.fnUntraced(function*(route: string, status: number, start: number) {
  const line = Effect.annotateLogs({ route, status, ms: (yield* Clock.currentTimeMillis) - start })
  if (status >= 500) return yield* line(Effect.logWarning("Request failed"))
  yield* line(route.startsWith("GET ") ? Effect.logDebug("Request served") : Effect.logInfo("Request served"))
})
