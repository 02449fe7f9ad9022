/** The HTTP API as the commands call it: answers are decoded by the contract, refusals become a `CommandFailure`. */
import { type Config, Context, Effect, type FileSystem, Layer } from "effect"
import type { HttpClient } from "effect/http"
import type { HttpApiClient } from "effect/http-api"
import type { Api } from "../../api/Api.ts"
import type { CommandFailure } from "../CommandFailure.ts"
import { type ApiError, toFailure } from "./apiFailure.ts"

export type ApiClient = HttpApiClient.ForApi<typeof Api>

export class Client extends Context.Service<Client, {
  readonly url: URL
  /** For callers that handle some refusals themselves. */
  readonly api: ApiClient
  readonly call: <A, R>(
    request: (api: ApiClient) => Effect.Effect<A, ApiError, R>
  ) => Effect.Effect<A, CommandFailure, R>
  readonly failureOf: (error: ApiError) => Effect.Effect<CommandFailure>
}>()("accessa/cli/Client") {
  /** The contract is loaded by the first command that needs it, so `--help` stays fast. */
  static readonly layer = (
    url: URL
  ): Layer.Layer<Client, Config.ConfigError | CommandFailure, FileSystem.FileSystem | HttpClient.HttpClient> =>
    Layer.effect(
      Client,
      Effect.gen(function*() {
        const { connect } = yield* Effect.promise(() => import("./connect.ts"))
        const api = yield* connect(url)
        const failureOf = toFailure(url)
        return Client.of({
          url,
          api,
          failureOf,
          call: (request) => request(api).pipe(Effect.catch((error) => Effect.flatMap(failureOf(error), Effect.fail)))
        })
      })
    )
}
