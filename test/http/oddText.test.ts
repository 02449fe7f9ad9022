/** Text that Postgres rejects is refused before it gets there. */
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { keyOf } from "../support/harness/Credentials.ts"
import { TestApi, testApi } from "../support/harness/TestApi.ts"

const headers = { authorization: `Bearer ${keyOf("admin")}`, "content-type": "application/json" }

const vector = Array.from({ length: 1536 }, () => 0.5)

it.live.each([["U+0000", "a\u0000b"], ["a lone surrogate", "a\ud83db"]] as const)(
  "%s is refused in every text that the API accepts, and nothing is stored",
  ([, odd]) =>
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const post = (path: string, body: unknown) =>
        request(path, { method: "POST", headers, body: JSON.stringify(body) })
      const texts: ReadonlyArray<readonly [path: string, body: unknown]> = [
        ["/api/v1/keys", { name: odd, role: "viewer" }],
        ["/api/v1/webhooks", { url: `http://127.0.0.1:1/${odd}` }],
        ["/api/v1/search", { query: odd }],
        ["/rest/v1/rpc/match_documents", { query_embedding: vector, filter: { a: [odd] } }],
        ["/rest/v1/rpc/match_documents", { query_embedding: vector, filter: { a: { [odd]: 1 } } }],
        ["/api/v1/jobs/cancel", { filter: odd, dry_run: true }],
        ["/api/v1/providers/parser/reset", { reason: odd }],
        ["/api/v1/uploads", { filename: odd, bytes: 3 }],
        ["/api/v1/uploads", { filename: "a.md", bytes: 3, metadata: { [odd]: "a" } }],
        ["/api/v1/uploads", { filename: "a.md", bytes: 3, metadata: { a: odd } }]
      ]
      for (const [path, body] of texts) assert.strictEqual((yield* post(path, body)).status, 400, path)
      // An address holds no lone surrogate.
      if (odd.isWellFormed()) {
        for (const path of ["jobs?filename=", "operations/jobs?filter=", "releases?environment="]) {
          const list = yield* request(`/api/v1/${path}${encodeURIComponent(odd)}`, { headers })
          assert.strictEqual(list.status, 400, path)
        }
      }
      for (const path of ["/api/v1/keys", "/api/v1/webhooks"]) {
        const { text } = yield* request(path, { headers })
        assert.notInclude(text, "a\\u0000b")
        assert.notMatch(text, /a(?:\\ud83d|\ufffd)b/u)
      }
    }).pipe(Effect.provide(testApi()))
)
