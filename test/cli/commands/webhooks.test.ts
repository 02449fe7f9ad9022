import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { randomUUID } from "node:crypto"
import { keyOf } from "../../support/harness/Credentials.ts"
import { runCli } from "../../support/harness/runCli.ts"
import { TestApi, testApi } from "../../support/harness/TestApi.ts"

const cli = (args: ReadonlyArray<string>, key = keyOf("user")) =>
  Effect.flatMap(
    TestApi,
    ({ url }) => runCli(["webhooks", ...args], { env: { ACCESSA_URL: url.href, ACCESSA_API_KEY: key } })
  )
const withApi = (name: string, body: Effect.Effect<void, unknown, TestApi>) =>
  it.live(name, () => Effect.provide(body, testApi()))
const decodeMade = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Struct({ subscription_id: Schema.String })))
const decodeQueued = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Struct({ delivery_id: Schema.String })))

describe("accessa webhooks", () => {
  withApi(
    "creates a webhook, with nothing but its secret on stdout, and lists it",
    Effect.gen(function*() {
      const made = yield* cli(["add", "https://hooks.example/in", "--event", "job.failed"])
      assert.strictEqual(made.code, 0)
      assert.match(made.stdout, /^whsec_\S+\n$/)
      const list = yield* cli(["list"])
      assert.match(list.stdout, /on +job\.failed +https:\/\/hooks\.example\/in/)
      assert.notInclude(list.stdout, "whsec_")
    })
  )

  withApi(
    "says why an address is refused",
    Effect.gen(function*() {
      const { code, stderr } = yield* cli(["add", "https://169.254.169.254/latest"])
      assert.strictEqual(code, 1)
      assert.include(stderr, "WEBHOOK_URL_REFUSED")
      assert.include(stderr, "169.254.169.254 is not public")
    })
  )

  withApi(
    "tests, lists deliveries, replays, disables, enables, rotates and removes a webhook",
    Effect.gen(function*() {
      const { subscription_id: id } = decodeMade((yield* cli(["add", "https://hooks.example/in", "--json"])).stdout)
      const { delivery_id } = decodeQueued((yield* cli(["test", id.slice(0, 8), "--json"])).stdout)
      assert.match((yield* cli(["deliveries", id])).stdout, new RegExp(`${delivery_id} +webhook\\.test +pending`))
      assert.include((yield* cli(["replay", delivery_id])).stdout, "is queued again")
      assert.match((yield* cli(["rotate", id])).stdout, /^whsec_\S+\n$/)
      assert.include((yield* cli(["disable", id])).stdout, "is off")
      assert.include((yield* cli(["test", id])).stderr, "WEBHOOK_INACTIVE")
      assert.include((yield* cli(["enable", id])).stdout, "is on")
      assert.strictEqual((yield* cli(["remove", id])).code, 0)
      assert.strictEqual((yield* cli(["remove", id])).code, 3)
      assert.strictEqual((yield* cli(["replay", randomUUID()])).code, 3)
    })
  )
})
