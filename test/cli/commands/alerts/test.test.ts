import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { AlertSinkFailed, type AlertSinks } from "../../../../services/AlertSinks.ts"
import type { AlertNotice } from "../../../../src/domain/AlertNotice.ts"
import { keyOf } from "../../../support/harness/Credentials.ts"
import { runCli } from "../../../support/harness/runCli.ts"
import { TestApi, testApi } from "../../../support/harness/TestApi.ts"

/** A log that takes notices, and a Slack whose webhook was deleted. */
const sinksThat = (take: (notice: AlertNotice) => void): AlertSinks["Service"] => [
  { name: "log", deliver: (notice) => Effect.sync(() => take(notice)) },
  {
    name: "slack",
    deliver: () =>
      Effect.fail(
        new AlertSinkFailed({
          sink: "slack",
          message: "Slack answered 404: no_service",
          retryable: false,
          retryAfter: Duration.zero
        })
      )
  }
]

const cli = (args: ReadonlyArray<string>, key = keyOf("operator")) =>
  Effect.flatMap(
    TestApi,
    ({ url }) => runCli(["alerts", "test", ...args], { env: { ACCESSA_URL: url.href, ACCESSA_API_KEY: key } })
  )

describe("accessa alerts test", () => {
  it.live("a test notice goes to every sink, and the command shows what each of them answered", () =>
    Effect.gen(function*() {
      const taken: Array<AlertNotice> = []
      yield* Effect.gen(function*() {
        const { code, stderr, stdout } = yield* cli([])
        assert.strictEqual(code, 1)
        assert.match(stdout, /^log: delivered in .*\nslack: not delivered\. Slack answered 404: no_service\n$/)
        assert.include(stderr, "The test notice did not reach slack.")
      }).pipe(Effect.provide(testApi({ sinks: sinksThat((notice) => taken.push(notice)) })))
      assert.deepStrictEqual(taken.map(({ severity, state }) => [severity, state]), [
        ["info", "firing"],
        ["info", "resolved"]
      ])
      assert.strictEqual(taken[0]?.alertId, taken[1]?.alertId)
    }))

  it.live("a test notice goes to one sink alone if it is named, and to none that ALERT_SINKS does not contain", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* cli(["--sink", "log"])).code, 0)
      const { code, stderr } = yield* cli(["--sink", "email"])
      assert.notStrictEqual(code, 0)
      assert.include(stderr, "ALERT_SINKS does not contain email: it is log,slack.")
    }).pipe(Effect.provide(testApi({ sinks: sinksThat(() => {}) }))))

  it.live("a user may not send test notices", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* cli([], keyOf("user"))).code, 4)
    }).pipe(Effect.provide(testApi({ sinks: sinksThat(() => {}) }))))
})
