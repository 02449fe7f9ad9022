/** Sets headers on the response to a request, including problems. */
import { Duration, Effect, Schema } from "effect"
import { HttpEffect, HttpServerResponse } from "effect/http"

export const setHeader = (name: string, value: string) =>
  HttpEffect.appendPreResponseHandler((_, response) =>
    Effect.succeed(HttpServerResponse.setHeader(response, name, value))
  )

/** The time that a problem names, in whole seconds and at least one. */
export const secondsOf = (after: Duration.Duration): number => Math.max(1, Math.ceil(Duration.toSeconds(after)))

/** The time that a problem names goes into `Retry-After`, too. */
export const setRetryAfter = (error: unknown) =>
  namesTime(error) ? setHeader("retry-after", String(error.retry_after_s)) : Effect.void

const namesTime = Schema.is(Schema.Struct({ retry_after_s: Schema.Int }))
