import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { ConfigProvider, Effect, FileSystem } from "effect"
import { docPages } from "../scripts/docs/pages.ts"
import { readExample } from "../scripts/docs/settings.ts"
import { settingNames } from "../src/settings/settingNames.ts"
import { Settings } from "../src/settings/Settings.ts"

const example = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  return readExample(yield* fs.readFileString(".env.example")).flatMap(({ settings }) => settings)
})

const settingsOf = (variables: Record<string, string>) =>
  Settings.pipe(
    Effect.provide(Settings.layer),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnvRecord(variables))
  )

layer(NodeServices.layer)("the documentation", (it) => {
  it.effect("says what the code says: run `pnpm exec node scripts/write-docs.ts` if not", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      for (const { path, text } of yield* docPages) assert.strictEqual(yield* fs.readFileString(path), text, path)
    }))

  it.effect("names every setting, and no other", () =>
    Effect.gen(function*() {
      const names = (yield* example).map(({ name }) => name)
      assert.deepStrictEqual(names.toSorted(), settingNames.toSorted())
    }))

  it.effect("shows the settings at their defaults", () =>
    Effect.gen(function*() {
      const shown = (yield* example).filter(({ value }) => value !== "").map(({ name, value }) => [name, value])
      const comparable = (settings: Settings["Service"]) => JSON.stringify(settings)
      assert.isAbove(shown.length, 10)
      assert.strictEqual(
        comparable(yield* settingsOf(Object.fromEntries(shown))),
        comparable(yield* settingsOf({}))
      )
    }))
})
