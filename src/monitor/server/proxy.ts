/** Forwards the browser's calls to the API with the session's credential, and streams the answers back. */
import { Effect, Option, Redacted } from "effect"
import { HttpClient, HttpClientRequest, HttpServerRequest, HttpServerResponse } from "effect/http"
import { MonitorOptions } from "./MonitorOptions.ts"
import { cookieName, type Session, Sessions } from "./Sessions.ts"

/** A form on another site can send a cookie but not this header. */
export const dashboardHeader = "x-accessa-dashboard"

const passedOn = [
  "accept",
  "content-type",
  "content-length",
  "if-none-match",
  "last-event-id",
  "x-reason",
  "idempotency-key"
]
const passedBack = ["content-type", "etag", "retry-after", "ratelimit", "x-correlation-id", "content-disposition"]

export const problem = (status: number, code: string, detail: string) =>
  HttpServerResponse.jsonUnsafe({ type: "about:blank", title: detail, status, code, detail }, {
    status,
    headers: { "content-type": "application/problem+json" }
  })

export const currentSession = Effect.gen(function*() {
  const request = yield* HttpServerRequest.HttpServerRequest
  const sessions = yield* Sessions
  return yield* sessions.find(request.cookies[cookieName])
})

export const signedOut = problem(401, "SIGNED_OUT", "The session has ended. Sign in again.")

export const unreachable = (apiUrl: URL) =>
  problem(
    502,
    "API_UNREACHABLE",
    `The API at ${apiUrl.origin} does not answer. Start it with pnpm api, or set API_URL.`
  )

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const

const target = (apiUrl: URL, session: Session, request: HttpServerRequest.HttpServerRequest) => {
  const method = methods.find((each) => each === request.method) ?? "GET"
  const headers: Record<string, string> = {
    authorization: `Bearer ${Redacted.value(session.credential)}`,
    "x-client": "accessa-dashboard"
  }
  for (const name of passedOn) {
    const value = request.headers[name]
    if (value !== undefined) headers[name] = value
  }
  // An event stream cannot carry a header of its own.
  if (request.method === "GET" && request.url.includes("user_id=")) headers["x-reason"] ??= "Opened in the dashboard."
  return HttpClientRequest.make(method)(new URL(request.url, apiUrl)).pipe(HttpClientRequest.setHeaders(headers))
}

export const proxy = Effect.gen(function*() {
  const request = yield* HttpServerRequest.HttpServerRequest
  const { apiUrl } = yield* MonitorOptions
  const session = yield* currentSession
  if (Option.isNone(session)) return signedOut
  if (request.method !== "GET" && request.headers[dashboardHeader] === undefined) {
    return problem(403, "CROSS_SITE", "This request did not come from the dashboard.")
  }
  const client = yield* HttpClient.HttpClient
  const outgoing = target(apiUrl, session.value, request)
  const type = request.headers["content-type"]
  const answer = yield* client.execute(
    request.method === "GET" ? outgoing : HttpClientRequest.bodyStream(outgoing, request.stream, {
      ...(type === undefined ? {} : { contentType: type }),
      ...(request.headers["content-length"] === undefined
        ? {}
        : { contentLength: Number(request.headers["content-length"]) })
    })
  )
  const headers: Record<string, string> = { "cache-control": "no-store" }
  for (const name of passedBack) {
    const value = answer.headers[name]
    if (value !== undefined) headers[name] = value
  }
  return HttpServerResponse.stream(answer.stream, {
    status: answer.status,
    headers,
    contentType: headers["content-type"] ?? "application/octet-stream"
  })
}).pipe(
  Effect.catchTag("HttpClientError", () => Effect.map(MonitorOptions, ({ apiUrl }) => unreachable(apiUrl)))
)

export const sse = (event: string, data: string): Uint8Array =>
  new TextEncoder().encode(`event: ${event}\ndata: ${data}\n\n`)
