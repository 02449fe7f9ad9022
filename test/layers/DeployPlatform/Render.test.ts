import { NodeHttpClient } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, Option, Redacted } from "effect"
import { DeployPlatformRender } from "../../../layers/DeployPlatform/Render.ts"
import { DeployPlatform } from "../../../services/DeployPlatform.ts"
import { renderKey, serveRender } from "../../support/stubs/RenderStub.ts"

const over = (url: URL, key = renderKey) =>
  DeployPlatformRender({ url, apiKey: Redacted.make(key), callTimeout: "30 seconds" })

layer(NodeHttpClient.layerUndici, { excludeTestServices: true })("DeployPlatform Render", (it) => {
  it.effect("waits as long as Render asks after too many requests, also before a deployment", () =>
    Effect.gen(function*() {
      const stub = yield* serveRender(["worker"], "v1")
      let refused = 0
      stub.intercept = ({ method }) =>
        method === "POST" && refused++ === 0 ? { status: 429, headers: { "retry-after": "0" } } : undefined
      yield* Effect.flatMap(DeployPlatform, (platform) => platform.deploy("worker", "v2")).pipe(
        Effect.provide(over(stub.url))
      )
      assert.deepStrictEqual(stub.services[0]?.deploys.map(({ commit }) => commit.id), ["v2", "v1"])
    }))

  it.effect("begins no second deployment if the answer to the first request was lost", () =>
    Effect.gen(function*() {
      const stub = yield* serveRender(["worker"], "v1")
      const ask = Effect.flatMap(DeployPlatform, (platform) => platform.deploy("worker", "v2")).pipe(
        Effect.provide(over(stub.url))
      )
      const first = yield* ask
      stub.intercept = ({ method }) => method === "POST" ? { status: 500, body: { message: "internal" } } : undefined
      assert.strictEqual(yield* ask, first)
    }))

  it.effect("never repeats its key, even if Render does", () =>
    Effect.gen(function*() {
      const stub = yield* serveRender(["worker"], "v1")
      const error = yield* Effect.flatMap(DeployPlatform, (platform) => Effect.flip(platform.services(["worker"])))
        .pipe(
          Effect.provide(over(stub.url, "rnd_wrong"))
        )
      assert.isFalse(error.retryable)
      assert.include(error.message, "401")
      assert.notInclude(error.message, "rnd_wrong")
    }))

  it.effect("reads settings over several pages", () =>
    Effect.gen(function*() {
      const stub = yield* serveRender(["worker"], "v1")
      for (let index = 0; index < 130; index++) stub.services[0]?.env.set(`NAME_${index}`, "x")
      const settings = yield* Effect.flatMap(DeployPlatform, (platform) => platform.settings("worker")).pipe(
        Effect.provide(over(stub.url))
      )
      assert.lengthOf(Object.keys(settings), 130)
    }))

  it.effect("deploys an image by its reference", () =>
    Effect.gen(function*() {
      const stub = yield* serveRender(["worker"], "v1")
      yield* Effect.flatMap(DeployPlatform, (platform) => platform.deploy("worker", "ghcr.io/accessa/ingestion:2"))
        .pipe(
          Effect.provide(over(stub.url))
        )
      const body = stub.requests.find(({ method }) => method === "POST")?.body.toString()
      assert.deepStrictEqual(Option.some(body), Option.some("{\"imageUrl\":\"ghcr.io/accessa/ingestion:2\"}"))
    }))
})
