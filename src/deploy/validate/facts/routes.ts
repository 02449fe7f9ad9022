/** Asks every route of the contract, without a key and with one. With a key, no request changes anything. */
import { Effect } from "effect"
import { type HttpClient, HttpClientRequest, type HttpClientResponse } from "effect/http"
import { OpenApi } from "effect/http-api"
import { randomUUID } from "node:crypto"
import { Api, routes } from "../../../api/Api.ts"
import type { Route } from "../../../api/routes.ts"
import { routesAtOnce } from "../../../policy/validation.ts"
import type { RouteAnswer } from "../Facts.ts"

/** Ids that no resource has. */
const pathOf = ({ path }: Route): string => path.replaceAll(/:\w+/g, () => randomUUID())

const methods = { GET: "get", PUT: "put", POST: "post", DELETE: "delete", PATCH: "patch" } as const

/** The statuses that the contract names for a route. */
const allowedBy = ({ method, path }: Route): ReadonlyArray<number> => {
  const item = OpenApi.fromApi(Api).paths[path.replaceAll(/:(\w+)/g, "{$1}")]
  const name = Object.entries(methods).find(([upper]) => upper === method)?.[1]
  return name === undefined ? [] : Object.keys(item?.[name]?.responses ?? {}).map(Number)
}

const answerOf = (
  route: Route,
  allowed: ReadonlyArray<number>,
  { headers, status }: HttpClientResponse.HttpClientResponse
) => {
  const answer: RouteAnswer = {
    route: `${route.method} ${route.path}`,
    status,
    allowed,
    mediaType: (headers["content-type"] ?? "").split(";")[0] ?? ""
  }
  return answer
}

export const askWithoutKey = Effect.fnUntraced(function*(client: HttpClient.HttpClient, url: URL) {
  return yield* Effect.forEach(routes, (route) => {
    const allowed = route.guarded
      ? [401]
      : allowedBy(route).filter((status) => status < 500 || route.name === "health.ready")
    return client.execute(HttpClientRequest.make(verb(route))(new URL(pathOf(route), url))).pipe(
      Effect.map((response) => answerOf(route, allowed, response))
    )
  }, { concurrency: routesAtOnce })
})

/** Broken JSON is refused before any handler sees it. */
const broken = "{"

/** A change without an id and without a body would be made; others take their turn elsewhere. */
const isHarmless = ({ body, method, name, path }: Route): boolean =>
  method === "GET" ? !apart.has(name) : body === "json" || path.includes(":")

/** Takes seconds, and is asked anyway. */
const apart = new Set(["inspections.ofApi"])

/** `client` sends the key. */
export const askWithKey = Effect.fnUntraced(function*(client: HttpClient.HttpClient, url: URL) {
  return yield* Effect.forEach(routes.filter((route) => route.guarded && isHarmless(route)), (route) => {
    const plain = HttpClientRequest.make(verb(route))(new URL(pathOf(route), url))
    const request = route.body === "json"
      ? plain.pipe(HttpClientRequest.bodyText(broken, "application/json"))
      : plain
    return client.execute(request).pipe(Effect.map((response) => answerOf(route, allowedBy(route), response)))
  }, { concurrency: routesAtOnce })
})

const verb = ({ method }: Route) => {
  switch (method) {
    case "PUT":
    case "POST":
    case "DELETE":
    case "PATCH":
      return method
    default:
      return "GET"
  }
}
