import { assert, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServer, HttpServerResponse } from "effect/http"
import { connect } from "node:net"
import { listen } from "../../src/process/listen.ts"

const routes = HttpRouter.add("GET", "/", HttpServerResponse.text("served"))
const server = HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true }).pipe(
  Layer.provideMerge(listen({ host: "127.0.0.1", port: 0, setting: "API_PORT", checksHost: true }))
)

const say = Effect.fnUntraced(function*(text: string) {
  const { address } = yield* HttpServer.HttpServer
  return yield* Effect.callback<string>((resume) => {
    let heard = ""
    const socket = connect(
      Number(new URL(HttpServer.formatAddress(address)).port),
      "127.0.0.1",
      () => socket.write(text)
    )
    socket.on("data", (part) => {
      heard += part
      if (heard.includes("served")) socket.end()
    })
    socket.on("close", () => resume(Effect.succeed(heard)))
  })
})

it.live("a server keeps idle connections longer than nginx and AWS do, so that no proxy meets its close", () =>
  Effect.gen(function*() {
    const [, seconds] = /keep-alive: timeout=(\d+)/i.exec(yield* say("GET / HTTP/1.1\r\nhost: a\r\n\r\n")) ?? []
    assert.isAbove(Number(seconds), 75)
  }).pipe(Effect.provide(server)))
