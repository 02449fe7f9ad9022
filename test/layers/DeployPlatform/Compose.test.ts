import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, FileSystem, Layer, Option, Redacted, Schema } from "effect"
import { execPath } from "node:process"
import { fileURLToPath } from "node:url"
import { DeployPlatformCompose } from "../../../layers/DeployPlatform/Compose.ts"
import { DeployPlatform, Progress } from "../../../services/DeployPlatform.ts"

const standIn = fileURLToPath(new URL("../../support/stubs/dockerStandIn.ts", import.meta.url))

const Containers = Schema.fromJsonString(
  Schema.Array(Schema.Struct({ ID: Schema.String, Service: Schema.String, Image: Schema.String }))
)

/** What the stand-in for Docker runs of a service. */
class Running extends Context.Service<Running, {
  readonly of: (service: string) => Effect.Effect<ReadonlyArray<{ readonly ID: string; readonly Image: string }>>
}>()("accessa/test/Running") {}

/** `before`: what the command does first, in the shell. */
const madeWith = (before: string) =>
  Layer.unwrap(Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const directory = yield* fs.makeTempDirectoryScoped()
    const command = `${directory}/docker`
    yield* fs.writeFileString(command, `#!/bin/sh\n${before}\nexec '${execPath}' '${standIn}' "$@"\n`, { mode: 0o700 })
    const running = Layer.succeed(Running, {
      of: (service) =>
        fs.readFileString(`${directory}/containers.json`).pipe(
          Effect.flatMap(Schema.decodeEffect(Containers)),
          Effect.map((all) => all.filter(({ Service }) => Service === service)),
          // The stand-in writes this file: if it cannot be read, the test itself is wrong.
          Effect.orDie
        )
    })
    return Layer.merge(DeployPlatformCompose({ directory, command, callTimeout: "30 seconds", settleTime: 0 }), running)
  })).pipe(Layer.provide(NodeServices.layer))

layer(madeWith("[ -e asked ] || { : >asked; exit 1; }"), { excludeTestServices: true })("Docker Compose", (it) => {
  it.effect("is asked again for its services at once after it failed", () =>
    Effect.gen(function*() {
      const platform = yield* DeployPlatform
      const { retryable } = yield* Effect.flip(platform.services(["api-server"]))
      assert.isTrue(retryable)
      assert.lengthOf(yield* platform.services(["api-server"]), 1)
    }))
})

layer(madeWith(""), { excludeTestServices: true })("Docker Compose", (it) => {
  const imagesOf = (service: string) =>
    Effect.flatMap(Running, ({ of }) => Effect.map(of(service), (all) => all.map(({ Image }) => Image)))
  const idsOf = (service: string) =>
    Effect.flatMap(Running, ({ of }) => Effect.map(of(service), (all) => all.map(({ ID }) => ID)))

  it.effect("of a service that starts first, the old container runs until the new one is healthy", () =>
    Effect.gen(function*() {
      const platform = yield* DeployPlatform
      const deployment = yield* platform.deploy("api-server", "v2")
      assert.deepStrictEqual(yield* imagesOf("api-server"), ["accessa-ingestion:v1", "accessa-ingestion:v2"])
      // A command that was killed here asks again.
      yield* platform.deploy("api-server", "v2")
      assert.lengthOf(yield* idsOf("api-server"), 2)
      const [service] = yield* platform.services(["api-server"])
      assert.deepStrictEqual(service?.live, Option.some({ version: "v1", deployment: "v1" }))
      yield* Effect.repeat(platform.progress("api-server", deployment), { until: ({ _tag }) => _tag === "Live" })
      assert.deepStrictEqual(yield* imagesOf("api-server"), ["accessa-ingestion:v2"])
    }))

  it.effect("of a service that starts first, a broken container goes and the old one stays when it is rolled back", () =>
    Effect.gen(function*() {
      const platform = yield* DeployPlatform
      const [before] = yield* platform.services(["api-server"])
      const [old] = yield* idsOf("api-server")
      const deployment = yield* platform.deploy("api-server", "broken-3")
      const failed = yield* Effect.repeat(platform.progress("api-server", deployment), {
        until: ({ _tag }) => _tag !== "Working"
      })
      const reason = "a container of api-server is restarting; its last log line: OPENAI_API_KEY is not set."
      assert.deepStrictEqual(failed, Progress.Failed({ reason }))
      const back = yield* platform.rollback("api-server", yield* Effect.fromOption(before?.live ?? Option.none()))
      yield* Effect.repeat(platform.progress("api-server", back), { until: ({ _tag }) => _tag === "Live" })
      assert.deepStrictEqual(yield* idsOf("api-server"), [old])
    }))

  it.effect("a rollback replaces containers whose settings have changed, and leaves the others alone", () =>
    Effect.gen(function*() {
      const platform = yield* DeployPlatform
      const to = { version: "v1", deployment: "v1" }
      const before = yield* idsOf("base-worker")
      yield* platform.rollback("base-worker", to)
      assert.deepStrictEqual(yield* idsOf("base-worker"), before)
      yield* platform.changeSettings("base-worker", { PRICE: Option.some(Redacted.make("1$")) })
      yield* platform.rollback("base-worker", to)
      const after = yield* idsOf("base-worker")
      assert.notDeepEqual(after, before)
      yield* platform.rollback("base-worker", to)
      assert.deepStrictEqual(yield* idsOf("base-worker"), after)
    }))
})
