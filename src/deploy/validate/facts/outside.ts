/** What a caller without a key sees of the API: its headers, its origins, its contract. */
import { Effect, Schema } from "effect"
import { type HttpClient, HttpClientRequest } from "effect/http"
import { OpenApi } from "effect/http-api"
import { Api } from "../../../api/Api.ts"
import { routeHashes } from "../../baseline/contract.ts"
import { fetchContract } from "../../baseline/fetchContract.ts"

/** A page of this origin is not ours. */
const stranger = "https://elsewhere.invalid"

export const readHeaders = (client: HttpClient.HttpClient, url: URL) =>
  Effect.map(client.get(new URL("/health", url)), ({ headers }) => headers)

/** By a simple request, and by the question that a browser asks before others. */
export const readOrigins = (client: HttpClient.HttpClient, url: URL, origins: ReadonlyArray<string>) =>
  Effect.forEach([...origins, stranger], (origin) =>
    Effect.gen(function*() {
      const ask = (request: HttpClientRequest.HttpClientRequest) =>
        client.execute(HttpClientRequest.setHeader(request, "origin", origin)).pipe(
          Effect.map(({ headers }) => headers["access-control-allow-origin"] ?? "")
        )
      const simple = yield* ask(HttpClientRequest.get(new URL("/health", url)))
      const asked = yield* ask(
        HttpClientRequest.options(new URL("/api/v1/jobs", url)).pipe(
          HttpClientRequest.setHeader("access-control-request-method", "GET")
        )
      )
      return { origin, allowed: asked || simple }
    }))

export const compareContract = Effect.fnUntraced(function*(url: URL) {
  const ours = routeHashes(
    yield* Schema.decodeUnknownEffect(Schema.Json)(JSON.parse(JSON.stringify(OpenApi.fromApi(Api))))
  )
  const theirs = routeHashes(yield* fetchContract(url))
  const names = Object.keys(ours)
  return {
    routes: names.length,
    faults: [
      ...names.filter((name) => theirs[name] === undefined).map((name) => `${name} is missing`),
      ...names.filter((name) => theirs[name] !== undefined && theirs[name] !== ours[name]).map((name) =>
        `${name} differs`
      ),
      ...Object.keys(theirs).filter((name) => ours[name] === undefined).map((name) => `${name} is not of this release`)
    ]
  }
})
