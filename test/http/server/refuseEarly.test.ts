import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { createServer } from "node:http"
import { refuseEarly } from "../../../src/http/server/refuseEarly.ts"

it.live("a request before the routes are built gets a Retry-After; the next one reaches them", () =>
  Effect.gen(function*() {
    const server = refuseEarly(createServer())
    yield* Effect.callback<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void)))
    yield* Effect.addFinalizer(() => Effect.sync(() => server.close()))
    const address = server.address()
    const ask = Effect.promise(() => fetch(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`))
    const early = yield* ask
    assert.strictEqual(early.status, 503)
    assert.strictEqual(early.headers.get("retry-after"), "1")
    assert.strictEqual(early.headers.get("content-type"), "application/problem+json")
    server.on("request", (_, response) => void response.end("served"))
    const served = yield* ask
    assert.strictEqual(yield* Effect.promise(() => served.text()), "served")
  }))
