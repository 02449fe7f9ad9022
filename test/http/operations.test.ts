import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Circuits } from "../../services/Circuits.ts"
import { localUserId } from "../../src/domain/Ids.ts"
import { keyRefused } from "../support/builders/circuits.ts"
import { keyOf } from "../support/harness/Credentials.ts"
import { runCli } from "../support/harness/runCli.ts"
import { formOf, TestApi, testApi } from "../support/harness/TestApi.ts"
import { MeteredStorage } from "../support/stubs/MeteredStorage.ts"

const withApi = (name: string, body: Effect.Effect<void, unknown, TestApi | Circuits | MeteredStorage>) =>
  it.live(name, () => Effect.provide(body, testApi()))
const cli = (args: ReadonlyArray<string>, key = keyOf("admin")) =>
  Effect.flatMap(TestApi, ({ url }) => runCli(args, { env: { ACCESSA_URL: url.href, ACCESSA_API_KEY: key } }))
const send = Effect.fnUntraced(function*(role: "operator" | "admin", method: string, path: string, body: unknown) {
  const { request } = yield* TestApi
  const headers = { authorization: `Bearer ${keyOf(role)}`, "content-type": "application/json" }
  return yield* request(path, { method, headers, body: JSON.stringify(body) })
})

const haltEmbedder = Effect.flatMap(Circuits, ({ halt }) => halt(keyRefused))

describe("a service that was halted", () => {
  withApi(
    "is shown with its alert, and reset with a reason",
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
    "is listed and reset by the command line",
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
    "is set overall and for a user, and removed",
    Effect.gen(function*() {
      const all = yield* send("admin", "PUT", "/api/v1/budgets", { user_id: null, limit_usd: 12.5 })
      assert.deepInclude(all.body, { user_id: null, limit_usd: 12.5, spent_usd: 0 })
      const one = yield* cli(["budgets", "set", "3", "--user", localUserId, "--reason", "a trial"])
      assert.include(one.stdout, "may spend up to $3.00 a month")
      assert.match((yield* cli(["budgets", "list"])).stdout, /overall +\$0 +\$12\.50/)
      yield* cli(["budgets", "set", "none"])
      assert.match((yield* cli(["budgets", "list"])).stdout, /overall +\$0 +no limit/)
      for (const limit_usd of [-1, "5"]) {
        const { status } = yield* send("admin", "PUT", "/api/v1/budgets", { user_id: null, limit_usd })
        assert.strictEqual(status, 400)
      }
    })
  )
})

describe("a quote", () => {
  withApi(
    "returns what a document would cost, and leaves nothing behind",
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const metered = yield* MeteredStorage
      yield* send("admin", "PUT", "/api/v1/budgets", { user_id: null, limit_usd: 2 })
      const broken = `%PDF-1.7\n${"<< /Type /Page >>\n".repeat(3)}`
      const cases = [["a.txt", "word ".repeat(800), null, "text"], ["b.pdf", broken, 3, "pages"]] as const
      for (const [name, content, pages, basis] of cases) {
        const { body, status } = yield* request("/api/v1/quotes", { method: "POST", body: formOf(name, content) })
        assert.strictEqual(status, 200)
        assert.deepInclude(body, { filename: name, pages, basis, budget_left_usd: 2 })
        const tokens = Number(body["estimated_tokens"])
        assert.approximately(tokens, basis === "pages" ? 1_650 : 800, 50)
        assert.approximately(Number(body["estimated_cost_usd"]), tokens * 2e-8, 1e-12)
      }
      assert.deepStrictEqual([...metered.objects.keys()], [])
      const told = yield* cli(["ingest", "--quote", "README.md"])
      assert.match(told.stdout, /^README\.md  about .* tok  about \$0\.\d+\n$/)
      assert.include(told.stderr, "nothing was bought. This month's budget has $2.00 left.")
      const refused = yield* request("/api/v1/quotes", { method: "POST", body: formOf("c.txt", "") })
      assert.deepInclude(refused.body, { status: 422, code: "EMPTY_FILE" })
    })
  )
})
