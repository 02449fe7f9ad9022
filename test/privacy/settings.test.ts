import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { inspect } from "node:util"
import { settingNames } from "../../src/settings/table.ts"
import { Canary } from "./Canary.ts"
import { Recorder } from "./Recorder.ts"
import { addressSettings, readSettings, secretSettings } from "./secretSettings.ts"

describe("a secret setting", () => {
  it("every setting with a secret's name is a secret", () => {
    const named = settingNames.filter((name) =>
      /(KEY|SECRET|SECRETS|PASSWORD|TOKEN|DATABASE_URL|EMAIL_SERVER)$/.test(name)
    )
    // Only the command line reads these two; no server does.
    const read = named.filter((name) => name !== "ACCESSA_API_KEY" && name !== "RENDER_API_KEY")
    assert.deepStrictEqual([...secretSettings].sort(), read.toSorted())
    assert.includeMembers([...secretSettings], ["DATABASE_URL", "OPENAI_API_KEY", "SUPABASE_SERVICE_ROLE_KEY"])
  })

  it.effect.each(secretSettings)("%s is not shown when the settings are printed", (name) =>
    Effect.gen(function*() {
      const canary = new Canary(name)
      const settings = yield* readSettings({ [name]: canary.value })
      yield* Effect.logInfo("These are the settings", settings)
      const { lines, spans } = yield* Recorder
      const outputs = [JSON.stringify(settings), inspect(settings, { depth: 20 }), yield* lines, yield* spans]
      for (const output of outputs) assert.isUndefined(canary.findIn(output))
    }).pipe(Effect.provide(Recorder.layer)))
})

// A key pasted into the wrong line is still a key.
it.effect.each(settingNames)("%s is not repeated in the message that refuses it", (name) =>
  Effect.gen(function*() {
    for (
      const shape of [(digits: string) => digits, (digits: string) => `"${digits}`, (digits: string) => `${digits}\n`]
    ) {
      const canary = new Canary(name, shape)
      const refusal = yield* readSettings({ [name]: canary.value }).pipe(
        Effect.tapError((error) => Effect.logFatal(error.message, error)),
        Effect.match({ onFailure: (error) => `${inspect(error, { depth: 20 })} ${error.message}`, onSuccess: () => "" })
      )
      const { lines } = yield* Recorder
      for (const output of [refusal, yield* lines]) assert.isUndefined(canary.findIn(output))
    }
  }).pipe(Effect.provide(Recorder.layer)))

it("there are addresses, which may contain a password", () => {
  assert.includeMembers([...addressSettings], ["OPENAI_API_URL", "LLAMAPARSE_API_URL", "SUPABASE_URL"])
})
