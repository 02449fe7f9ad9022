/** The overview as an event stream: polls the API every two seconds while a browser is connected. */
import { Effect, Option, Redacted, Schedule, Stream } from "effect"
import { HttpClient, HttpClientRequest, HttpServerRequest, HttpServerResponse } from "effect/http"
import { MonitorOptions } from "./MonitorOptions.ts"
import { signedOut, sse } from "./proxy.ts"
import { cookieName, Sessions } from "./Sessions.ts"

const every = "2 seconds"

export const live = Effect.gen(function*() {
  const { cookies } = yield* HttpServerRequest.HttpServerRequest
  const session = (yield* Sessions).find(cookies[cookieName])
  const found = yield* session
  if (Option.isNone(found)) return signedOut
  const { apiUrl } = yield* MonitorOptions
  const client = yield* HttpClient.HttpClient
  const read = client.execute(
    HttpClientRequest.get(new URL("/api/v1/overview", apiUrl)).pipe(
      HttpClientRequest.bearerToken(Redacted.value(found.value.credential))
    )
  ).pipe(
    Effect.flatMap((answer) => Effect.map(answer.text, (text) => ({ status: answer.status, text }))),
    Effect.map(({ status, text }) =>
      status === 200
        ? sse("overview", text)
        : status === 401
        ? sse("signed-out", "{}")
        : sse("unanswered", String(status))
    ),
    // The browser notices that its data is stale, and says so.
    Effect.catchTag("HttpClientError", () => Effect.succeed(sse("unanswered", "0")))
  )
  // The session may have ended since, in another tab.
  const ask = Effect.flatMap(
    session,
    Option.match({ onNone: () => Effect.succeed(sse("signed-out", "{}")), onSome: () => read })
  )
  return HttpServerResponse.stream(Stream.repeat(Stream.fromEffect(ask), Schedule.spaced(every)), {
    contentType: "text/event-stream",
    headers: { "cache-control": "no-store", "x-accel-buffering": "no" }
  })
})
