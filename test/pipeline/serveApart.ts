/** A server on a free port with its own routes: layers are shared by identity, and two servers must not share a router. */
import { NodeHttpServer } from "@effect/platform-node"
import { Context, Effect, Layer, Scope } from "effect"
import { HttpServer } from "effect/http"
import { createServer } from "node:http"

/** Returns its address; it runs for as long as the scope. */
export const serveApart = Effect.fnUntraced(function*<E, R>(routes: Layer.Layer<never, E, R>) {
  const server = NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1", gracefulShutdownTimeout: "1 second" })
  const context = yield* Layer.buildWithMemoMap(
    Layer.provideMerge(routes, server),
    yield* Layer.makeMemoMap,
    yield* Scope.Scope
  )
  return new URL(HttpServer.formatAddress(Context.get(context, HttpServer.HttpServer).address))
})
