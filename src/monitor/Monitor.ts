/** The dashboard's server: one page, its modules, a session, and the API behind it. */
import { Effect, Layer, Option, Redacted, Schema } from "effect"
import { HttpClient, HttpClientRequest, HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { metricsRoute } from "../../otel/metrics/endpoint.ts"
import { httpRequests } from "../../otel/metrics/httpRequests.ts"
import { securityHeaders } from "../policy/securityHeaders.ts"
import { live } from "./server/live.ts"
import { type Asset, readAssets, readPageScript } from "./server/modules.ts"
import { MonitorOptions } from "./server/MonitorOptions.ts"
import { pageHtml, pagePolicy } from "./server/page.ts"
import { currentSession, dashboardHeader, problem, proxy, unreachable } from "./server/proxy.ts"
import { runbook } from "./server/runbooks.ts"
import { cookieName, Sessions } from "./server/Sessions.ts"

const decodeSignIn = Schema.decodeUnknownEffect(Schema.Struct({ credential: Schema.String }))
const decodeMe = Schema.decodeUnknownEffect(Schema.Struct({ user_id: Schema.String, role: Schema.String }))

const answerPage = (script: string) => {
  const headers = { ...securityHeaders, "content-security-policy": pagePolicy(script), "cache-control": "no-store" }
  return Effect.gen(function*() {
    const options = yield* MonitorOptions
    const signedIn = Option.isSome(yield* currentSession)
    return HttpServerResponse.text(pageHtml(script, { ...options, signedIn }), {
      contentType: "text/html; charset=utf-8",
      headers
    })
  })
}

const askWho = Effect.fnUntraced(function*(credential: string | Redacted.Redacted) {
  const { apiUrl } = yield* MonitorOptions
  const client = yield* HttpClient.HttpClient
  return yield* client.execute(
    HttpClientRequest.get(new URL("/api/v1/me", apiUrl)).pipe(HttpClientRequest.bearerToken(credential))
  )
})

const mayOperate = (role: string) => role === "operator" || role === "admin"

const metrics = Layer.unwrap(
  Effect.map(MonitorOptions, ({ metrics: access }) =>
    metricsRoute(
      access,
      Effect.fnUntraced(function*(credential) {
        const answer = yield* askWho(credential)
        if (answer.status === 401) return false
        return mayOperate((yield* Effect.flatMap(answer.json, decodeMe)).role)
      })
    ))
)

/** Asks the API whose credential it is; an invalid one gets the API's own answer. */
const signIn = Effect.gen(function*() {
  const request = yield* HttpServerRequest.HttpServerRequest
  if (request.headers[dashboardHeader] === undefined) {
    return problem(403, "CROSS_SITE", "This request did not come from the dashboard.")
  }
  const { credential } = yield* Effect.flatMap(request.json, decodeSignIn)
  const answer = yield* askWho(credential)
  if (answer.status === 401) {
    return problem(
      401,
      "CREDENTIAL_REFUSED",
      "The API does not know this credential. Check it for missing characters; a revoked key is refused too."
    )
  }
  if (answer.status !== 200) {
    return problem(answer.status, "SIGN_IN_FAILED", `The API answered ${answer.status}. Try again in a moment.`)
  }
  const { role, user_id } = yield* Effect.flatMap(answer.json, decodeMe)
  if (!mayOperate(role)) {
    return problem(
      403,
      "ROLE_TOO_LOW",
      `The dashboard requires the role operator; this credential has the role ${role}.`
    )
  }
  const sessions = yield* Sessions
  const cookie = yield* sessions.open({ credential: Redacted.make(credential), userId: user_id, role })
  const secure = request.headers["x-forwarded-proto"] === "https" ? "; Secure" : ""
  return HttpServerResponse.jsonUnsafe({ user_id, role }, {
    headers: { "set-cookie": `${cookieName}=${cookie}; Path=/; HttpOnly; SameSite=Strict${secure}` }
  })
}).pipe(
  Effect.catchTags({
    HttpClientError: () => Effect.map(MonitorOptions, ({ apiUrl }) => unreachable(apiUrl)),
    HttpServerError: () => Effect.succeed(problem(400, "UNREADABLE", "The request was not JSON.")),
    SchemaError: () => Effect.succeed(problem(400, "UNREADABLE", "The request had no credential."))
  })
)

const signOut = Effect.gen(function*() {
  const request = yield* HttpServerRequest.HttpServerRequest
  const sessions = yield* Sessions
  if (request.headers[dashboardHeader] !== undefined) yield* sessions.close(request.cookies[cookieName])
  return HttpServerResponse.empty({ status: 204 })
})

/** Browsers revalidate on each load; an unchanged file gets a short 304. */
const answer = ({ body, tag, type }: Asset) =>
  Effect.map(HttpServerRequest.HttpServerRequest, (request) => {
    const headers = { ...securityHeaders, "cache-control": "no-cache", etag: tag }
    return request.headers["if-none-match"] === tag
      ? HttpServerResponse.empty({ status: 304, headers })
      : typeof body === "string"
      ? HttpServerResponse.text(body, { contentType: type, headers })
      : HttpServerResponse.uint8Array(body, { contentType: type, headers })
  })

const routes = HttpRouter.use(Effect.fnUntraced(function*(router) {
  const assets = yield* readAssets
  for (const [address, asset] of assets) yield* router.add("GET", address, answer(asset))
  // Not the page: a module that is missing would be taken for one that is there.
  yield* router.add("GET", "/assets/*", HttpServerResponse.empty({ status: 404, headers: securityHeaders }))
  yield* router.add("POST", "/session", signIn)
  yield* router.add("DELETE", "/session", signOut)
  yield* router.add("GET", "/live", live)
  yield* router.add("GET", "/runbooks/:name", runbook)
  yield* router.add("GET", "/health", HttpServerResponse.jsonUnsafe({ status: "ok" }))
  yield* router.add("*", "/api/*", proxy)
  yield* router.add("GET", "/*", answerPage(yield* readPageScript))
}))

export const Monitor = HttpRouter.serve(Layer.mergeAll(routes, metrics, httpRequests), {
  disableLogger: true,
  disableListenLog: true
}).pipe(
  Layer.provide(Sessions.layer)
)
