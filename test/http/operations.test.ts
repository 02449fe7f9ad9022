import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { Providers } from "../../services/Providers.ts"
import { localUserId } from "../../src/domain/Ids.ts"
import { keyOf } from "../support/Credentials.ts"
import { runCli } from "../support/runCli.ts"
import { TestApi, testApi } from "../support/TestApi.ts"

const withApi = (name: string, body: Effect.Effect<void, unknown, TestApi | Providers>) =>
  it.live(name, () => Effect.provide(body, testApi()))
const cli = (args: ReadonlyArray<string>, key = keyOf("admin")) =>
  Effect.flatMap(TestApi, ({ url }) => runCli(args, { env: { ACCESSA_URL: url.href, ACCESSA_API_KEY: key } }))
const send = Effect.fnUntraced(function*(role: "operator" | "admin", method: string, path: string, body: unknown) {
  const { request } = yield* TestApi
  const headers = { authorization: `Bearer ${keyOf(role)}`, "content-type": "application/json" }
  return yield* request(path, { method, headers, body: JSON.stringify(body) })
})

const haltEmbedder = Effect.flatMap(Providers, ({ shut }) =>
  shut({
    dependency: "embedder",
    state: "halted",
    code: "EMBED_AUTH",
    message: "The key is refused.",
    failures: 1,
    probeAfter: Duration.minutes(5),
    actor: "worker:1"
  }))

describe("a service that was halted", () => {
  withApi(
    "shows with its alert, and is put back with a reason",
    Effect.gen(function*() {
      yield* haltEmbedder
      const { request } = yield* TestApi
      const headers = { authorization: `Bearer ${keyOf("operator")}` }
      const { body } = yield* request("/api/v1/providers", { headers })
      assert.include(JSON.stringify(body), "\"state\":\"halted\",\"code\":\"EMBED_AUTH\"")
      const alerts = yield* request("/api/v1/alerts", { headers })
      assert.include(JSON.stringify(alerts.body), "\"key\":\"embedder:EMBED_AUTH\"")

      const path = "/api/v1/providers/embedder/reset"
      for (const reason of [undefined, "", "  ", "two\nlines"]) {
        const { status } = yield* send("operator", "POST", path, { reason })
        assert.strictEqual(status, 400, `${reason}`)
      }
      const reset = yield* send("operator", "POST", path, { reason: "A new key." })
      assert.deepInclude(reset.body, { name: "embedder", state: "closed", reason: "A new key." })
      const again = yield* send("operator", "POST", path, { reason: "A new key." })
      assert.deepInclude(again.body, { status: 409, code: "PROVIDER_IN_SERVICE" })
    })
  )

  withApi(
    "is listed and put back by the command line",
    Effect.gen(function*() {
      yield* haltEmbedder
      const list = yield* cli(["providers", "list"], keyOf("operator"))
      assert.match(list.stdout, /embedder +halted .*EMBED_AUTH +The key is refused\./)
      const reset = yield* cli(["providers", "reset", "embedder", "--reason", "A new key."], keyOf("operator"))
      assert.strictEqual(reset.code, 0)
      assert.strictEqual((yield* cli(["providers", "reset", "embedder"])).code, 2, "not without a reason")
    })
  )
})

describe("a budget", () => {
  withApi(
    "is set for everybody and for a user, and lifted",
    Effect.gen(function*() {
      const all = yield* send("admin", "PUT", "/api/v1/budgets", { user_id: null, limit_usd: 12.5 })
      assert.deepInclude(all.body, { user_id: null, limit_usd: 12.5, spent_usd: 0 })
      const one = yield* cli(["budgets", "set", "3", "--user", localUserId, "--reason", "a trial"])
      assert.include(one.stdout, "may spend up to $3.00 a month")
      assert.match((yield* cli(["budgets", "list"])).stdout, /everybody +\$0\.00 +\$12\.50/)
      yield* cli(["budgets", "set", "none"])
      assert.match((yield* cli(["budgets", "list"])).stdout, /everybody +\$0\.00 +no limit/)
      for (const limit_usd of [-1, "5"]) {
        const { status } = yield* send("admin", "PUT", "/api/v1/budgets", { user_id: null, limit_usd })
        assert.strictEqual(status, 400)
      }
    })
  )
})
