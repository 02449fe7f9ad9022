import { it } from "@effect/vitest"
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { execPath } from "node:process"
import { assert, describe } from "vitest"
import { hardStopCode } from "../../src/process/hardStop.ts"

const stuckProcess = new URL("./stuckProcess.ts", import.meta.url).pathname

describe("a process that ignores the signal to stop", () => {
  it.live("a process that ignores the stop signal is killed after a while, with its own exit code", () =>
    Effect.gen(function*() {
      const child = yield* Effect.acquireRelease(
        Effect.sync(() => spawn(execPath, [stuckProcess], { stdio: ["ignore", "pipe", "inherit"] })),
        (running) => Effect.sync(() => running.kill("SIGKILL"))
      )
      yield* Effect.promise(() => once(child.stdout, "data"))
      const ended = Effect.promise(() => once(child, "exit"))
      child.kill("SIGTERM")
      assert.deepStrictEqual(yield* ended, [hardStopCode, null])
    }).pipe(Effect.scoped))
})
