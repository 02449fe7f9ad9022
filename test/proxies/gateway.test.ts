import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { createServer, type RequestListener } from "node:http"
import { freePort } from "../faults/PostgresPlace.ts"
import { makeClient } from "./send.ts"
import { installed, startGateway } from "./startProxies.ts"

/** Answers with its name, and health checks as `health` does, until the scope ends or `close` is called. */
const serveApi = Effect.fnUntraced(function*(name: string, health: RequestListener) {
  const port = yield* freePort
  const { close } = yield* Effect.acquireRelease(
    Effect.callback<{ readonly close: () => void }>((resume) => {
      const server = createServer((request, response) => {
        if (request.url === "/health") health(request, response)
        else response.end(name)
      })
      const close = () => {
        server.close()
        server.closeAllConnections()
      }
      server.listen(port, "127.0.0.1", () => resume(Effect.succeed({ close })))
    }),
    ({ close }) => Effect.sync(close)
  )
  return { port, close }
})

const healths: Readonly<Record<string, RequestListener>> = {
  "is too slow to answer the check": () => {},
  "is stopping": (_, response) => void response.end(`{"status":"stopping"}`)
}

describe.skipIf(!installed.haproxy)("the gateway of docker-compose.gateway.yml (skipped without haproxy)", () => {
  for (const [title, health] of Object.entries(healths)) {
    it.live(`an API that ${title} gets requests only while there is no better one`, () =>
      Effect.gen(function*() {
        const poor = yield* serveApi("poor", health)
        const good = yield* serveApi("good", (_, response) => void response.end(`{"status":"ok"}`))
        const gateway = yield* startGateway([poor.port, good.port], yield* freePort, { hurried: true })
        const { send } = makeClient(gateway)
        const answers = Effect.map(
          Effect.forEach([1, 2, 3, 4, 5, 6], () => send({ path: "/", key: "" })),
          (all) => [...new Set(all.map(({ body, status }) => status === 200 ? body : String(status)))]
        )
        const until = (name: string) =>
          Effect.repeat(answers, { until: (heard) => heard.length === 1 && heard[0] === name })
        assert.deepStrictEqual(yield* until("good"), ["good"])
        good.close()
        assert.deepStrictEqual(yield* until("poor"), ["poor"])
      }), 60_000)
  }
})
