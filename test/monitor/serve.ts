/** The dashboard's real server, over the test's own API. */
import { NodeHttpClient, NodeHttpServer, NodeServices } from "@effect/platform-node"
import { Effect, Layer, Redacted } from "effect"
import { HttpServer } from "effect/http"
import { createServer } from "node:http"
import { Monitor } from "../../src/monitor/Monitor.ts"
import { MonitorOptions } from "../../src/monitor/server/MonitorOptions.ts"
import { TestApi } from "../support/harness/TestApi.ts"

/** The dashboard's address, over the API at this address. */
export const serveOver = Effect.fnUntraced(function*(api: URL) {
  const built = yield* Layer.build(
    Layer.fresh(
      Monitor.pipe(
        Layer.provide(Layer.succeed(MonitorOptions, {
          apiUrl: api,
          environment: "local",
          providers: "mock",
          version: "1.2.3",
          metrics: { open: false, token: Redacted.make("scraper-token-0123456789") }
        })),
        Layer.provideMerge(
          NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1", gracefulShutdownTimeout: "1 second" })
        ),
        Layer.provide([NodeHttpClient.layerUndici, NodeServices.layer])
      )
    )
  )
  const { address } = yield* HttpServer.HttpServer.pipe(Effect.provide(built))
  return new URL(HttpServer.formatAddress(address))
})

/** The dashboard's address, over the test's own API. */
export const serve = Effect.flatMap(TestApi, ({ url }) => serveOver(url))
