import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { Finding } from "../../../../src/domain/Finding.ts"
import { runCli } from "../../../support/harness/runCli.ts"
import { serveApiStub } from "../../../support/stubs/ApiStub.ts"
import { serveStub } from "../../../support/stubs/HttpStub.ts"

const decode = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Struct({ checks: Schema.Array(Finding) })))
const mocks = ["llamaparse", "openai"].flatMap((name) => [`--${name}-url`, "https://elsewhere.test"])
const elsewhere = [...mocks, "--dashboard-url", "https://elsewhere.test"]

/** The check with this name, and the exit code. */
const check = (
  name: string,
  { env = {}, ...stub }: { readonly clockAhead?: number; readonly env?: Record<string, string> } = {}
) =>
  Effect.gen(function*() {
    const { url } = yield* serveApiStub(stub)
    const { code, stdout } = yield* runCli(["doctor", "--json", "--url", url.href, ...elsewhere], { env })
    return { code, ...decode(stdout).checks.find((found) => found.name === name) }
  }).pipe(Effect.scoped)

describe("accessa doctor", () => {
  it.live("finds that the clock of the API is more than a minute from this machine's, either way", () =>
    Effect.gen(function*() {
      assert.deepInclude(yield* check("clock", { clockAhead: 30_000 }), {
        code: 0,
        ok: true,
        found: "those of this machine and the API agree"
      })
      const ahead = yield* check("clock", { clockAhead: 3_600_000 })
      assert.deepInclude(ahead, { code: 1, ok: false, repair: "Synchronize the clocks by NTP." })
      assert.match(ahead.found ?? "", /^the API's clock is (?:3600|3599) s ahead of this machine's$/)
      assert.match(
        (yield* check("clock", { clockAhead: -3_600_000 })).found ?? "",
        /^the API's clock is 360\d s behind this machine's$/
      )
    }))

  it.live("finds settings of this machine that are unknown, invalid, or contradict each other", () =>
    Effect.gen(function*() {
      assert.deepInclude(yield* check("settings"), { code: 0, ok: true, found: "each is known and valid" })
      const invalid = yield* check("settings", { env: { WORKER_CONCURRENCY: "many" } })
      assert.deepInclude(invalid, { code: 1, ok: false })
      assert.include(invalid.found, "WORKER_CONCURRENCY")
      assert.include(invalid.repair, "docs/settings.md")
      const apart = yield* check("settings", { env: { OPENAI_API_URL: "https://api.openai.com/v1" } })
      assert.deepInclude(apart, { code: 1, ok: false })
      assert.include(apart.found, "OPENAI_API_KEY is not set")
    }))

  it.live("finds that no dashboard answers at its address, although a monitor sends heartbeats", () =>
    Effect.gen(function*() {
      const { url } = yield* serveApiStub()
      const dashboard = Effect.fnUntraced(function*(status: number) {
        const place = yield* serveStub(({ url: { pathname } }) => ({ status: pathname === "/health" ? status : 500 }))
        const flags = [...mocks, "--dashboard-url", place.href, "--url", url.href]
        const { code, stdout } = yield* runCli(["doctor", "--json", ...flags])
        return { code, origin: place.origin, ...decode(stdout).checks.find(({ name }) => name === "dashboard") }
      })
      const well = yield* dashboard(200)
      assert.deepInclude(well, { code: 0, ok: true, found: `answers at ${well.origin}` })
      const another = yield* dashboard(404)
      assert.deepInclude(another, { code: 1, ok: false, found: `does not answer at ${another.origin}` })
      assert.include(another.repair, "pnpm monitor")
    }))
})
