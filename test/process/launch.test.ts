import { it } from "@effect/vitest"
import { Effect } from "effect"
import { execFile } from "node:child_process"
import { execPath } from "node:process"
import { assert, describe } from "vitest"
import { compiled } from "../faults/Process.ts"

const api = new URL("../../src/bin/api.ts", import.meta.url).pathname

const startedWith = (env: Readonly<Record<string, string>>) =>
  Effect.callback<string>((resume) => {
    execFile(execPath, [api], { env: { ...compiled, ...env } }, (_, output) => resume(Effect.succeed(output)))
  })

describe("a process that cannot start", () => {
  it.live("a process that cannot start because of a wrong setting says so in the format that LOG_FORMAT names", () =>
    Effect.gen(function*() {
      const output = yield* startedWith({ LOG_FORMAT: "json", API_PORT: "abc" })
      const { level, message, service } = JSON.parse(output)
      assert.deepStrictEqual([level, service], ["FATAL", "accessa-api"])
      assert.include(message, "The setting API_PORT is invalid")
    }))
})
