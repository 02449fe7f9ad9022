import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { ConfigProvider, Effect, FileSystem, Layer } from "effect"
import { telemetry } from "../../otel/Telemetry.ts"
import { Settings } from "../../src/settings/Settings.ts"

it.live("a log line within a span names no trace while no collector is set", () =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const directory = yield* fs.makeTempDirectoryScoped({ prefix: "accessa-telemetry-" })
    const settings = Settings.layer.pipe(
      Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: { ACCESSA_DATA_DIR: directory } })))
    )
    yield* Effect.logInfo("Accepted.").pipe(
      Effect.withSpan("intake.accept"),
      Effect.provide(Layer.provide(telemetry("accessa-api"), settings))
    )
    const [name = ""] = yield* fs.readDirectory(`${directory}/logs`)
    const line = JSON.parse(yield* fs.readFileString(`${directory}/logs/${name}`))
    assert.deepStrictEqual(Object.keys(line).toSorted(), ["level", "message", "service", "time"])
    assert.strictEqual(line.message, "Accepted.")
  }).pipe(Effect.provide(NodeServices.layer)))
