import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { ConfigProvider, Effect, FileSystem } from "effect"
import { docPages } from "../../scripts/docs/pages.ts"
import { Settings } from "../../src/settings/Settings.ts"

const settingsOf = (variables: Record<string, string>) =>
  Settings.pipe(
    Effect.provide(Settings.layer),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnvRecord(variables))
  )

layer(NodeServices.layer)("the documentation", (it) => {
  it.effect("the documentation matches the code (if not, run `pnpm exec node scripts/write-docs.ts`)", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      for (const { path, text } of yield* docPages) assert.strictEqual(yield* fs.readFileString(path), text, path)
    }))

  it.effect("the documentation shows the settings at their defaults", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const lines = (yield* fs.readFileString(".env.example")).matchAll(/^#([A-Z_]+)=(.+)$/gmu)
      const shown = [...lines].map(([, name = "", value = ""]) => [name, value])
      const comparable = (settings: Settings["Service"]) => JSON.stringify(settings)
      assert.isAbove(shown.length, 10)
      assert.strictEqual(
        comparable(yield* settingsOf(Object.fromEntries(shown))),
        comparable(yield* settingsOf({}))
      )
    }))
})
