/** The generated client of the API at an address, which shows the caller's key. */
import { Config, Context, Effect, FileSystem, Option, Redacted } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { Api } from "../http/Api.ts"
import { isLocal } from "./MockServers.ts"

export const connect = Effect.fn("cli.connect")(function*(url: URL) {
  const key = yield* keyFor(url)
  return yield* HttpApiClient.make(Api, {
    baseUrl: url,
    transformClient: HttpClient.mapRequestEffect((request) =>
      Effect.map(RequestKey, (name) => {
        const shown = Option.isSome(key) ? HttpClientRequest.bearerToken(request, key.value) : request
        return name === undefined ? shown : HttpClientRequest.setHeader(shown, "idempotency-key", name)
      })
    )
  })
})

/** Names a request, so that the API carries it out once however often it is sent. */
export class RequestKey extends Context.Reference<string | undefined>("accessa/cli/RequestKey", {
  defaultValue: () => undefined
}) {}

/** `ACCESSA_API_KEY`, or for a stack on this machine the key that it made at its first start. */
const keyFor = Effect.fnUntraced(function*(url: URL) {
  const given = yield* Config.option(Config.Redacted("ACCESSA_API_KEY"))
  return Option.isSome(given) || !isLocal(url) ? given : yield* localKey
})

/** None where no stack was started yet, or by somebody else. */
export const localKey = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const file = yield* localKeyFile
  return yield* fs.readFileString(file).pipe(Effect.map((text) => Redacted.make(text.trim())), Effect.option)
})

export const localKeyFile = Config.NonEmptyString("ACCESSA_DATA_DIR").pipe(
  Config.withDefault(".accessa"),
  Config.map((directory) => `${directory}/local-key`)
)
