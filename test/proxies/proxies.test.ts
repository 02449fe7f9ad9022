import { assert, describe, layer } from "@effect/vitest"
import { Effect, Result } from "effect"
import { randomUUID } from "node:crypto"
import { connect } from "node:net"
import { parseNetworks } from "../../src/domain/TrustedProxies.ts"
import { rates } from "../../src/policy/rates.ts"
import { keyOf } from "../support/harness/Credentials.ts"
import { TestApi, testApi } from "../support/harness/TestApi.ts"
import { makeClient } from "./send.ts"
import { installed, startProxies } from "./startProxies.ts"

const few = { ...rates, refused: { limit: 3, window: "1 minute" as const } }
const trustedProxies = { networks: Result.getOrThrow(parseNetworks("127.0.0.1")), header: "x-forwarded-for" as const }

const each = Effect.flatMap(TestApi, ({ url }) => startProxies(url)).pipe(
  Effect.map((proxies) => proxies.map((proxy) => ({ ...proxy, ...makeClient(proxy) })))
)

describe.skipIf(!installed.nginx && !installed.haproxy)("behind nginx and haproxy", () => {
  layer(testApi({ rates: few, trustedProxies, metrics: { open: true, token: undefined } }), {
    excludeTestServices: true
  })((it) => {
    it.effect("a burst of POSTs behind a proxy is answered without a 502", () =>
      Effect.gen(function*() {
        for (const { name, send } of yield* each) {
          const post = Effect.suspend(() => send({ path: `/api/v1/jobs/${randomUUID()}/retry`, key: keyOf("user") }))
          const heard = yield* Effect.all(Array.from({ length: 100 }, () => post), { concurrency: 30 })
          assert.deepStrictEqual([...new Set(heard.map(({ status }) => status))], [404], name)
        }
      }))

    it.effect("a stranger who guesses keys behind a proxy gets 429, and no other client does", () =>
      Effect.gen(function*() {
        for (const [index, { name, send }] of (yield* each).entries()) {
          const get = (key: string, from: string) => send({ method: "GET", path: "/api/v1/jobs", key, from })
          const stranger = `127.0.2.${index + 1}`
          const guesses = yield* Effect.forEach([1, 2, 3, 4, 5], (n) => get(`acc_${index}${n}`, stranger))
          assert.deepStrictEqual(guesses.map(({ status }) => status), [401, 401, 401, 429, 429], name)
          assert.strictEqual((yield* get("acc_other", `127.0.3.${index + 1}`)).status, 401, name)
          assert.strictEqual((yield* get(keyOf("viewer"), `127.0.3.${index + 1}`)).status, 200, name)
        }
      }))

    it.effect("a forwarding header that the stranger sends through a proxy hides nothing", () =>
      Effect.gen(function*() {
        for (const [index, { name, send }] of (yield* each).entries()) {
          const guess = (n: number) =>
            send({
              method: "GET",
              path: "/api/v1/jobs",
              key: `acc_${n}`,
              from: `127.0.4.${index + 1}`,
              headers: { "x-forwarded-for": `203.0.113.${n}` }
            })
          const heard = yield* Effect.forEach([1, 2, 3, 4], guess)
          assert.strictEqual(heard.at(-1)?.status, 429, name)
        }
      }))
  })
})

layer(testApi({ metrics: { open: true, token: undefined } }), { excludeTestServices: true })((it) => {
  it.effect("a request that Node refuses is counted in the metrics, and one without Host is answered with a problem", () =>
    Effect.gen(function*() {
      const { request, url } = yield* TestApi
      const say = (text: string) =>
        Effect.callback<string>((resume) => {
          let heard = ""
          const socket = connect(Number(url.port), "127.0.0.1", () => socket.write(text))
          socket.on("data", (part) => {
            heard += part
            if (heard.includes("}")) socket.end()
          })
          socket.on("close", () => resume(Effect.succeed(heard)))
        })
      assert.match(yield* say(`GET / HTTP/1.1\r\nhost: a\r\nx: ${"x".repeat(20_000)}\r\n\r\n`), /^HTTP\/1.1 431 /)
      assert.match(yield* say("HELO\r\n\r\n"), /"errors":\[\]/)
      assert.match(yield* say("GET /health HTTP/1.1\r\n\r\n"), /^HTTP\/1.1 400 .*"\/headers\/host"/s)
      assert.match(yield* say("GET /health HTTP/1.0\r\n\r\n"), /^HTTP\/1.1 200 /, "health checks of old proxies")
      assert.match(yield* say("GET /health HTTP/1.1\r\nhost: a\r\nexpect: tea\r\n\r\n"), /^HTTP\/1.1 200 /)
      const { text } = yield* request("/metrics")
      assert.match(text, /^accessa_http_unreadable_total\{.*status="431".*\} [1-9]/m)
      assert.match(text, /^accessa_http_unreadable_total\{.*status="400".*\} [1-9]/m)
    }))
})
