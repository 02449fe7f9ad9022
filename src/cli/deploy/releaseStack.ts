/** The environment that a deployment asks, through its API and its database. */
import { Effect, Layer, Option } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { besideCheck } from "../../deploy/release/besideCheck.ts"
import { environmentChecks } from "../../deploy/release/environmentChecks.ts"
import { ReleaseStack, StackUnknown } from "../../deploy/release/ReleaseStack.ts"
import { ReleaseDatabase } from "../../deploy/release/ReleaseTargets.ts"
import { smokeTest } from "../../deploy/release/smoke.ts"
import { readExpectations } from "../../deploy/validate/readExpectations.ts"
import { Client } from "../client/Client.ts"
import { connect, keyFor } from "../client/connect.ts"
import { isLocal } from "../client/MockServers.ts"
import { failure } from "../CommandFailure.ts"

export const releaseStack = Effect.fnUntraced(function*(
  { documents, environment }: { readonly environment: string; readonly documents: string }
) {
  const file = `config/${environment}.yaml`
  const expected = yield* Effect.mapError(
    readExpectations(file),
    ({ message }) =>
      failure("usage", "EXPECTATIONS", message, "Correct the file: docs/validation.md explains each field.")
  )
  const given = yield* Client
  // An address on this machine is only meant for another environment if the file names it.
  const url = expected.environment !== "local" && isLocal(given.url) ? expected.api.url : given.url
  const api = yield* connect(url)
  const key = yield* keyFor(url)
  const withKey = HttpClient.mapRequest(yield* HttpClient.HttpClient, (request) =>
    Option.match(key, {
      onNone: () => request,
      onSome: (secret) => HttpClientRequest.bearerToken(request, secret)
    }))
  const checks = environmentChecks({
    api,
    documents,
    expected: { ...expected, api: { ...expected.api, url } },
    file,
    url,
    withKey
  })
  const database = yield* ReleaseDatabase
  const context = yield* Effect.context<Effect.Services<typeof checks.before>>()
  const known = <A, E>(look: Effect.Effect<A, E, Effect.Services<typeof checks.before>>) =>
    look.pipe(
      Effect.provide(context),
      Effect.mapError((error) => new StackUnknown({ message: error instanceof Error ? error.message : String(error) }))
    )
  return Layer.succeed(ReleaseStack, {
    ...database,
    validate: known(checks.before),
    verify: (version) => known(checks.deployed(version)),
    health: (version) => known(checks.health(version)),
    smoke: known(smokeTest(api)),
    beside: (version, mine) => known(besideCheck(api, documents, version, mine))
  })
})
