/** The generated client of the API at an address, which shows the caller's key. */
import { Config, Effect, FileSystem, identity, Option, Redacted } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { Api } from "../api/Api.ts"
import { isLocal } from "./MockServers.ts"
import { OnBehalf, RequestKey } from "./RequestContext.ts"

export const connect = Effect.fn("cli.connect")(function*(url: URL) {
  const key = yield* keyFor(url)
  return yield* HttpApiClient.make(Api, {
    baseUrl: url,
    transformClient: HttpClient.mapRequestEffect(Effect.fnUntraced(function*(request) {
      const name = yield* RequestKey
      const other = yield* OnBehalf
      return request.pipe(
        Option.isSome(key) ? HttpClientRequest.bearerToken(key.value) : identity,
        name === undefined ? identity : HttpClientRequest.setHeader("idempotency-key", name),
        other === undefined ? identity : HttpClientRequest.setUrlParam("user_id", other.user),
        other === undefined ? identity : HttpClientRequest.setHeader("x-reason", other.reason)
      )
    }))
  })
})

/** `ACCESSA_API_KEY`, or for a stack on this machine the key that it made at its first start. */
const keyFor = Effect.fnUntraced(function*(url: URL) {
  const given = yield* Config.option(Config.Redacted("ACCESSA_API_KEY"))
  return Option.isSome(given) || !isLocal(url) ? given : yield* localKey
})

/** None where no stack was started yet, or by somebody else. */
const localKey = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const file = yield* localKeyFile
  return yield* fs.readFileString(file).pipe(Effect.map((text) => Redacted.make(text.trim())), Effect.option)
})

const localKeyFile = Config.NonEmptyString("ACCESSA_DATA_DIR").pipe(
  Config.withDefault(".accessa"),
  Config.map((directory) => `${directory}/local-key`)
)
