/** A deployment to Render's API, as its stand-in sees it. */
import { NodeHttpClient } from "@effect/platform-node"
import { assert } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { DeployPlatformRender } from "../../../layers/DeployPlatform/Render.ts"
import { IdsRandom } from "../../../layers/Ids/Random.ts"
import { ReleasesSql } from "../../../layers/Postgres/releases/Releases.ts"
import { DeployPlatform } from "../../../services/DeployPlatform.ts"
import { onEachDatabase } from "../../support/databases/Databases.ts"
import { renderKey, serveRender } from "../../support/stubs/RenderStub.ts"
import { begin, countedPlatform, makeCounter, names, played } from "./played.ts"

onEachDatabase("a deployment to Render", (it) => {
  it.layer(Layer.provideMerge(ReleasesSql, IdsRandom))((it) => {
    it.effect("a version that fails its verification is rolled back after autodeploy went off, also if a person had switched it on", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* sql`DELETE FROM releases`
        const stub = yield* serveRender(names, "v1")
        stub.intercept = ({ method, url }) => {
          const worker = stub.services.find(({ name }) => name === "base-worker")
          if (worker !== undefined && method === "POST" && url.pathname.endsWith("/deploys")) worker.autoDeploy = "yes"
          return undefined
        }
        const counter = makeCounter()
        const render = DeployPlatformRender({
          url: stub.url,
          apiKey: Redacted.make(renderKey),
          callTimeout: "30 seconds"
        })
        const layer = Layer.effect(
          DeployPlatform,
          Effect.map(DeployPlatform, (platform) => countedPlatform(platform, counter.count))
        ).pipe(Layer.provide(render), Layer.provide(NodeHttpClient.layerUndici))
        const ended = yield* played(begin({ layer }, "v2", { verify: "fail" }), counter)
        assert.strictEqual(ended.outcome, "rolled_back", ended.reason)
        const calls = stub.requests.filter(({ method }) => method !== "GET").map(({ body, method, url }) => {
          const [, , , id = "", part = ""] = url.pathname.split("/")
          const name = stub.services.find((each) => each.id === id)?.name
          return part === "" ? `${method} ${name} ${body.toString()}` : `${method} ${name} ${part}`
        })
        const off = "{\"autoDeploy\":\"no\"}"
        assert.deepStrictEqual(calls.slice(0, 7), [
          `PATCH api-server ${off}`,
          // The record of its settings.
          "PUT api-server env-vars",
          `PATCH base-worker ${off}`,
          "PUT base-worker env-vars",
          "POST api-server deploys",
          "POST base-worker deploys",
          `PATCH base-worker ${off}`
        ])
        // Both at once, in either order.
        assert.sameMembers(calls.slice(7), ["POST api-server rollback", "POST base-worker rollback"])
        assert.deepStrictEqual(stub.services.map(({ autoDeploy }) => autoDeploy), ["no", "no"])
        assert.deepStrictEqual(
          stub.services.map(({ deploys: [newest] }) => [newest?.commit.id, newest?.status]),
          [["v1", "live"], ["v1", "live"]]
        )
      }))
  })
})
