/** `accessa deploy validate` from the outside: its output, its exit codes, and a stack without a worker. */
import { assert, it, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { keyOf } from "../../../support/harness/Credentials.ts"
import { runCli } from "../../../support/harness/runCli.ts"
import { TestApi, testApi } from "../../../support/harness/TestApi.ts"

const Report = Schema.fromJsonString(Schema.Struct({
  verdict: Schema.String,
  from: Schema.String,
  checks: Schema.Array(
    Schema.Struct({ group: Schema.String, check: Schema.String, found: Schema.String, verdict: Schema.String })
  )
}))

const validate = Effect.fnUntraced(function*(...args: ReadonlyArray<string>) {
  const { url } = yield* TestApi
  return yield* runCli(["deploy", "validate", "config/local.yaml", "--url", url.href, ...args], {
    env: { ACCESSA_API_KEY: keyOf("admin") }
  })
})

const report = Effect.fnUntraced(function*(...args: ReadonlyArray<string>) {
  const { code, stdout } = yield* validate("--json", ...args)
  return { code, ...(yield* Schema.decodeUnknownEffect(Report)(stdout)) }
})

layer(testApi(), { excludeTestServices: true })("accessa deploy validate", (it) => {
  it.effect("accessa deploy validate asks every route of an API, with and without a key, and names those that fail", () =>
    Effect.gen(function*() {
      const { checks, code, verdict } = yield* report("--only", "api_server")
      const failed = checks.filter((check) => check.verdict !== "pass")
      // The API under test has no monitor, and no port for two of its routes.
      assert.deepStrictEqual(failed.map(({ check }) => check), ["ready", "with_key"])
      assert.match(failed[0]?.found ?? "", /^monitor: /)
      assert.match(
        failed[1]?.found ?? "",
        /^(?:GET \/api\/v1\/users\/:user_id\/\w+ answers 500 as application\/problem\+json(?:; |$))+$/
      )
      assert.deepStrictEqual([code, verdict], [1, "fail"])
    }))

  it.effect("accessa deploy validate fails a stack without a worker, and says what to do, but is in doubt about what a worker does", () =>
    Effect.gen(function*() {
      const { checks, code, verdict } = yield* report("--only", "worker_process")
      assert.deepStrictEqual([code, verdict], [1, "fail"])
      assert.deepStrictEqual(
        checks.filter((check) => check.verdict === "fail").map(({ check }) => check),
        ["heartbeat"]
      )
      const { stderr, stdout } = yield* validate("--only", "worker_process")
      assert.match(
        stdout,
        /✗ worker_process heartbeat +no worker is running\n +expected +a recent heartbeat\n +repair +Start one/
      )
      assert.include(stderr, "NOT_AS_EXPECTED")
    }))

  it.effect("accessa deploy validate exits with 6 if there is no worker from which to look", () =>
    Effect.gen(function*() {
      const { code, from, verdict } = yield* report("--from", "worker", "--only", "external_services")
      assert.deepStrictEqual([code, from, verdict], [6, "worker", "inconclusive"])
    }))
})

it.live("accessa deploy validate fails if no API answers, within its time", () =>
  Effect.gen(function*() {
    const { code, stdout } = yield* runCli(
      ["deploy", "validate", "config/local.yaml", "--url", "http://127.0.0.1:1", "--only", "api_server"]
    )
    assert.strictEqual(code, 1)
    assert.match(stdout, /✗ api_server +reach +127\.0\.0\.1: port 1 of 127\.0\.0\.1: ECONNREFUSED/)
  }))

it.live("accessa deploy validate refuses a wrong file with its line, and exits with 2", () =>
  Effect.gen(function*() {
    const { code, stderr } = yield* runCli(["deploy", "validate", "config/nowhere.yaml"])
    assert.strictEqual(code, 2)
    assert.include(stderr, "config/nowhere.yaml")
  }))
