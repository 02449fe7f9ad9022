import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Alerts } from "../../../../services/Alerts.ts"
import { keyOf } from "../../../support/harness/Credentials.ts"
import { runCli } from "../../../support/harness/runCli.ts"
import { TestApi, testApi } from "../../../support/harness/TestApi.ts"

const cli = (...args: ReadonlyArray<string>) =>
  Effect.flatMap(
    TestApi,
    ({ url }) => runCli(["alerts", ...args], { env: { ACCESSA_URL: url.href, ACCESSA_API_KEY: keyOf("operator") } })
  )

describe("accessa alerts show", () => {
  it.live("an alert's silence shows with its end, as long as it is one and in the alert's events", () =>
    Effect.gen(function*() {
      const alerts = yield* Alerts
      yield* alerts.raise({ rule: "SIGN_INS_REFUSED", subject: "", message: "60 sign-ins were refused." })
      const { stdout: said } = yield* cli("silence", "1", "--for", "2h", "--reason", "A test runs.")
      const until = /until (\S+)\.\n/.exec(said)?.[1] ?? "no time"
      yield* cli("ack", "1", "--reason", "I look at it.")
      const silenced = (yield* cli("show", "1")).stdout
      assert.include(silenced, `SIGN_INS_REFUSED warning silenced until ${until}: 60 sign-ins`)
      assert.match(silenced, new RegExp(`  silenced until ${until} by .*: A test runs\\.\n`, "u"))
      assert.match(silenced, /  acknowledged by .*: I look at it\.\n/u)
      yield* cli("unsilence", "1", "--reason", "Done.")
      const over = (yield* cli("show", "1")).stdout
      assert.include(over, "SIGN_INS_REFUSED warning acknowledged: 60 sign-ins")
      assert.include(over, `  silenced until ${until} by`)
    }).pipe(Effect.provide(testApi())))
})
