/** The generated API client for an address, with the caller's key. */
import { Effect, FileSystem, flow, identity, Option, Redacted } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { Api } from "../../api/Api.ts"
import { toHeaderText } from "../../domain/headerText.ts"
import { localKeyFile, read } from "../../settings/table.ts"
import { failure } from "../CommandFailure.ts"
import { inTime, watchFiles } from "./inTime.ts"
import { isLocal } from "./MockServers.ts"
import { OnBehalf, Reason, RequestKey } from "./RequestContext.ts"

export const connect = Effect.fn("cli.connect")(function*(url: URL) {
  const key = yield* keyFor(url)
  return yield* HttpApiClient.make(Api, {
    baseUrl: url,
    transformClient: flow(
      HttpClient.transform(inTime),
      HttpClient.mapRequest(watchFiles),
      HttpClient.mapRequestEffect(Effect.fnUntraced(function*(request) {
        const name = yield* RequestKey
        const other = yield* OnBehalf
        const { reason = other?.reason ?? request.headers["x-reason"] } = yield* Reason
        return request.pipe(
          Option.isSome(key) ? HttpClientRequest.bearerToken(key.value) : identity,
          name === undefined ? identity : HttpClientRequest.setHeader("idempotency-key", name),
          other === undefined ? identity : HttpClientRequest.setUrlParam("user_id", other.user),
          reason === undefined ? identity : HttpClientRequest.setHeader("x-reason", toHeaderText(reason))
        )
      }))
    )
  })
})

/** `ACCESSA_API_KEY`, or the key that a local stack created on its first start. */
export const keyFor = Effect.fnUntraced(function*(url: URL) {
  const given = yield* read("ACCESSA_API_KEY", "local")
  return given === undefined && isLocal(url) ? yield* localKey : Option.fromUndefinedOr(given)
})

/** None if no stack has been started yet. */
const localKey = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const file = localKeyFile(yield* read("ACCESSA_DATA_DIR", "local"))
  return yield* fs.readFileString(file).pipe(
    Effect.map((text) => Option.some(Redacted.make(text.trim()))),
    Effect.catchReason("PlatformError", "NotFound", () => Effect.succeedNone),
    Effect.mapError((error) =>
      failure(
        "auth",
        "KEY_UNREADABLE",
        `The local key in ${file} cannot be read: ${error.message}.`,
        "Correct its permissions, run this as the user who started the stack, or set ACCESSA_API_KEY."
      )
    )
  )
})
