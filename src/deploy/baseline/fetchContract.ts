/** The OpenAPI document that a running API serves. */
import { Effect, Schema } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"

export const fetchContract = (api: URL) =>
  HttpClient.get(new URL("/openapi.json", api)).pipe(
    Effect.flatMap(HttpClientResponse.filterStatusOk),
    Effect.flatMap((response) => response.json),
    Effect.flatMap(Schema.decodeUnknownEffect(Schema.Json))
  )
