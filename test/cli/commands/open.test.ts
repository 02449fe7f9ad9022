import { assert, describe, it } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { platform } from "node:process"
import { runCli, spawnCli } from "../../support/harness/runCli.ts"

describe("accessa open", () => {
  it.live("accessa open prints the dashboard's address where there is no display", () =>
    Effect.gen(function*() {
      const { code, stdout } = yield* runCli(["open"], { env: { MONITOR_PORT: "3100" } })
      assert.deepStrictEqual([code, stdout], [0, "http://127.0.0.1:3100/\n"])
    }))

  it.live("accessa open says as JSON that it opened nothing", () =>
    Effect.gen(function*() {
      const { stdout } = yield* runCli(["open", "--json"], {
        env: { DASHBOARD_URL: "https://ops.example.com", DISPLAY: ":0" }
      })
      assert.deepStrictEqual(JSON.parse(stdout), { dashboard_url: "https://ops.example.com/", opened: false })
    }))

  it.live.skipIf(platform !== "linux")(
    "accessa open gives the address to the desktop's opener",
    () =>
      Effect.acquireUseRelease(
        Effect.sync(() => mkdtempSync(join(tmpdir(), "accessa-open-"))),
        (folder) =>
          Effect.gen(function*() {
            const seen = join(folder, "seen")
            writeFileSync(
              join(folder, "xdg-open"),
              `#!/bin/sh\nprintf %s "$1" >${seen}.new && mv ${seen}.new ${seen}\n`
            )
            chmodSync(join(folder, "xdg-open"), 0o755)
            const { stdout } = yield* spawnCli(["open"], {
              env: { PATH: `${folder}:/usr/bin:/bin`, DISPLAY: ":0", MONITOR_PORT: "3100" }
            })
            assert.include(stdout, "open in the browser: http://127.0.0.1:3100/")
            const address = yield* Effect.try(() => readFileSync(seen, "utf8")).pipe(
              Effect.retry({ times: 200, schedule: Schedule.spaced("20 millis") })
            )
            assert.strictEqual(address, "http://127.0.0.1:3100/")
          }),
        (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
      )
  )
})
