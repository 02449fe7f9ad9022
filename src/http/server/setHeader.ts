/** Headers of whatever a request is answered with, a problem as well. */
import { Duration, Effect } from "effect"
import { HttpEffect, HttpServerResponse } from "effect/http"

export const setHeader = (name: string, value: string) =>
  HttpEffect.appendPreResponseHandler((_, response) =>
    Effect.succeed(HttpServerResponse.setHeader(response, name, value))
  )

/** Fails with a problem that names a time, and names it in `Retry-After` too. */
export const retryLater = <E extends { readonly retry_after_s: number }>(problem: E) =>
  Effect.andThen(setHeader("retry-after", String(problem.retry_after_s)), Effect.fail(problem))

/** Whole seconds, at least one. */
export const secondsOf = (after: Duration.Duration): number => Math.max(1, Math.ceil(Duration.toSeconds(after)))
