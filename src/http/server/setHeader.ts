/** Puts a header on whatever this request is answered with, a problem as well. */
import { Effect } from "effect"
import { HttpEffect, HttpServerResponse } from "effect/http"

export const setHeader = (name: string, value: string) =>
  HttpEffect.appendPreResponseHandler((_, response) =>
    Effect.succeed(HttpServerResponse.setHeader(response, name, value))
  )
