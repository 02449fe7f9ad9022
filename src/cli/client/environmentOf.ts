/** The environment that a file of config/ describes: its expected state, and how the command reaches it. */
import { Effect, Option } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { failure } from "../CommandFailure.ts"
import { Client } from "./Client.ts"
import { isLocal } from "./MockServers.ts"

export const environmentOf = Effect.fnUntraced(function*(file: string) {
  // Loaded by these commands alone, so that others start fast.
  const { readExpectations } = yield* Effect.promise(() => import("../../deploy/validate/readExpectations.ts"))
  const { connect, keyFor } = yield* Effect.promise(() => import("./connect.ts"))
  const expected = yield* Effect.mapError(
    readExpectations(file),
    ({ message }) =>
      failure("usage", "EXPECTATIONS", message, "Correct the file: docs/validation.md explains each field.")
  )
  const given = yield* Client
  // An address on this machine is only meant for another environment if the file names it.
  const url = expected.environment !== "local" && isLocal(given.url) ? expected.api.url : given.url
  const key = yield* keyFor(url)
  const withKey = HttpClient.mapRequest(yield* HttpClient.HttpClient, (request) =>
    Option.match(key, {
      onNone: () => request,
      onSome: (secret) => HttpClientRequest.bearerToken(request, secret)
    }))
  return { api: yield* connect(url), expected: { ...expected, api: { ...expected.api, url } }, url, withKey }
})
