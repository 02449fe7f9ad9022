/** Compares a request with what its route knows (src/api/routes.ts), after the caller is known and before it is decoded. */
import { Effect, Layer, Option, Schema } from "effect"
import { HttpServerRequest } from "effect/http"
import { routes } from "../../api/Api.ts"
import { KnownFields } from "../../api/KnownFields.ts"
import type { RequestFault } from "../../api/Problem.ts"
import type { Route } from "../../api/routes.ts"
import { malformedRequest, pointerTo, unknownName } from "../../api/unreadable.ts"
import { repeatedKeys } from "../../domain/repeatedKeys.ts"

const byName = new Map(routes.map((route) => [route.name, route]))

export const KnownFieldsLive = Layer.succeed(KnownFields, (app, { endpoint, group }) =>
  Effect.gen(function*() {
    const route = byName.get(`${group.identifier}.${endpoint.identifier}`)
    if (route === undefined) return yield* Effect.die(new Error(`${group.identifier} is not in the contract.`))
    const faults = [...inQuery(route, yield* HttpServerRequest.ParsedSearchParams), ...(yield* inBody(route))]
    if (faults.length > 0) return yield* malformedRequest(faults)
    return yield* app
  }))

type Query = Readonly<Record<string, string | ReadonlyArray<string> | undefined>>

const inQuery = ({ query }: Route, given: Query): ReadonlyArray<RequestFault> =>
  Object.entries(given).flatMap(([name, value]) => {
    const known = query.get(name)
    const detail = known === undefined
      ? unknownName(name, [...query.keys()])
      : known === "one" && typeof value !== "string"
      ? "Given more than once."
      : undefined
    return detail === undefined ? [] : [{ pointer: pointerTo("query", name), detail }]
  })

const inBody = Effect.fnUntraced(function*({ body }: Route) {
  if (body === "form" || body === "raw") return []
  const request = yield* HttpServerRequest.HttpServerRequest
  if (!announcesBody(request)) return []
  // A body that cannot be read is refused by the handler, which reads it again.
  const text = yield* Effect.orElseSucceed(request.text, () => "")
  const members = decodeObject(text)
  if (Option.isNone(members)) return []
  return body === "none"
    ? Object.keys(members.value).map((name) => ({ pointer: pointerTo("payload", name), detail: unknownName(name, []) }))
    : repeatedKeys(text).map((pointer) => ({ pointer: `/payload${pointer}`, detail: "Given more than once." }))
})

const announcesBody = ({ headers, method }: HttpServerRequest.HttpServerRequest): boolean =>
  method !== "GET" && (headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0)

const decodeObject = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown)))
