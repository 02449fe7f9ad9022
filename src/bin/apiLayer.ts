/** The API on its port, for `api` and `start`. */
import { Effect, Layer } from "effect"
import { localUserId } from "../domain/Ids.ts"
import { HttpOptions } from "../http/HttpOptions.ts"
import { HttpApp } from "../http/routes.ts"
import { Settings } from "../Settings.ts"
import { listen } from "./listen.ts"

export const ApiLive = Layer.unwrap(Effect.map(Settings, ({ chunker, host, maxUploadMb, ports }) =>
  HttpApp.pipe(
    Layer.provide(Layer.succeed(HttpOptions, { user: localUserId, maxUploadBytes: maxUploadMb * 1_000_000, chunker })),
    Layer.provide(listen({ host, port: ports.api, setting: "API_PORT" })),
    Layer.tap(() => Effect.logInfo(`The API listens on http://${host}:${ports.api}, its documentation is at /docs.`))
  )))
