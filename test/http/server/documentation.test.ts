import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { request as ask } from "node:http"
import { brotliDecompressSync, gunzipSync } from "node:zlib"
import { TestApi, testApi } from "../../support/harness/TestApi.ts"

/** As sent over the wire: `fetch` would decompress it. */
const get = Effect.fnUntraced(function*(path: string, headers: Readonly<Record<string, string>> = {}) {
  const { url } = yield* TestApi
  return yield* Effect.callback<{ readonly status: number; readonly headers: Headers; readonly body: Buffer }>(
    (resume) => {
      ask(new URL(path, url), { headers }, (response) => {
        const parts: Array<Buffer> = []
        response.on("data", (part: Buffer) => parts.push(part))
        response.on("end", () => {
          const all = new Headers()
          for (const [name, value] of Object.entries(response.headers)) all.set(name, String(value))
          resume(Effect.succeed({ status: response.statusCode ?? 0, headers: all, body: Buffer.concat(parts) }))
        })
      }).end()
    }
  )
})

layer(testApi(), { excludeTestServices: true })("the documentation", (it) => {
  it.effect("the documentation is the same page and description in each encoding that the caller accepts", () =>
    Effect.gen(function*() {
      for (const path of ["/docs", "/openapi.json"]) {
        const plain = yield* get(path)
        assert.isNull(plain.headers.get("content-encoding"))
        assert.strictEqual(plain.headers.get("vary"), "accept-encoding")
        const br = yield* get(path, { "accept-encoding": "gzip, deflate, br" })
        const gzip = yield* get(path, { "accept-encoding": "gzip;q=0.5, br;q=0" })
        assert.deepStrictEqual(
          [br, gzip].map(({ headers }) => headers.get("content-encoding")),
          ["br", "gzip"]
        )
        assert.isTrue(brotliDecompressSync(br.body).equals(plain.body), path)
        assert.isTrue(gunzipSync(gzip.body).equals(plain.body), path)
        assert.isBelow(gzip.body.length, plain.body.length / 3)
        assert.strictEqual(gzip.headers.get("content-length"), String(gzip.body.length))
      }
    }))

  it.effect("the documentation has the same ETag in each encoding", () =>
    Effect.gen(function*() {
      const { body, headers } = yield* get("/docs", { "accept-encoding": "gzip" })
      assert.isAbove(body.length, 100_000)
      const tag = headers.get("etag") ?? ""
      for (const packing of ["gzip", "br", "identity"]) {
        const again = yield* get("/docs", { "accept-encoding": packing, "if-none-match": tag })
        assert.deepStrictEqual([again.status, again.body.length], [304, 0])
      }
      assert.strictEqual((yield* get("/docs", { "if-none-match": "\"another\"" })).status, 200)
    }))

  it.effect("may run its own script, which no other page may", () =>
    Effect.gen(function*() {
      const policyOf = (path: string) =>
        Effect.map(get(path), ({ headers }) => headers.get("content-security-policy") ?? "")
      assert.include(yield* policyOf("/docs"), "script-src")
      assert.notInclude(yield* policyOf("/docs"), "https:", "nothing is loaded from another host")
      for (const path of ["/openapi.json", "/health", "/nothing", "/api/v1/jobs"]) {
        assert.match(yield* policyOf(path), /^default-src 'none';(?!.*script-src)/, path)
      }
    }))
})

layer(testApi(), { excludeTestServices: true })("every answer", (it) => {
  it.effect("every answer forbids sniffing and framing, and requires https if the service uses it", () =>
    Effect.gen(function*() {
      for (const path of ["/docs", "/health", "/nothing", "/api/v1/jobs", "/"]) {
        const { headers } = yield* get(path)
        assert.deepStrictEqual(
          ["x-content-type-options", "x-frame-options", "referrer-policy", "strict-transport-security"].map((name) =>
            headers.get(name)
          ),
          ["nosniff", "DENY", "no-referrer", "max-age=15552000"],
          path
        )
      }
    }))
})
