import { it } from "@effect/vitest"
import { Effect } from "effect"
import { execFile } from "node:child_process"
import { execPath } from "node:process"
import { assert, describe } from "vitest"
import { compiled } from "../faults/Process.ts"

const startedWith = (env: Readonly<Record<string, string>>, program = "api") =>
  Effect.callback<{ readonly output: string; readonly errors: string }>((resume) => {
    const file = new URL(`../../src/bin/${program}.ts`, import.meta.url).pathname
    execFile(
      execPath,
      [file],
      { env: { ...compiled, ...env } },
      (_, output, errors) => resume(Effect.succeed({ output, errors }))
    )
  })

describe("a process that cannot start", () => {
  it.live("a process that cannot start because of a wrong setting says so in the format that LOG_FORMAT names", () =>
    Effect.gen(function*() {
      const { output } = yield* startedWith({ LOG_FORMAT: "json", API_PORT: "abc" })
      const { level, message, service } = JSON.parse(output)
      assert.deepStrictEqual([level, service], ["FATAL", "accessa-api"])
      assert.include(message, "The setting API_PORT is invalid")
    }))

  it.live("a command that prints a key logs elsewhere, so that its output holds nothing else", () =>
    Effect.gen(function*() {
      const { errors, output } = yield* startedWith({ LOG_FORMAT: "json", API_PORT: "abc" }, "admin-key")
      assert.strictEqual(output, "")
      assert.include(errors, "The setting API_PORT is invalid")
    }))
})
