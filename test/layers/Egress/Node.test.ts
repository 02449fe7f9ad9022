import { assert, describe, it } from "@effect/vitest"
import { Effect, type Scope } from "effect"
import type { LookupAddress } from "node:dns"
import { createServer as createTlsServer } from "node:tls"
import { EgressNode, type EgressOptions } from "../../../layers/Egress/Node.ts"
import { Egress, EgressFailed, EgressRefused } from "../../../services/Egress.ts"
import { serveStub, type StubBehaviour, type StubRequest } from "../../support/stubs/HttpStub.ts"

const production = { allowPrivate: false, httpsOnly: true }
const local = { allowPrivate: true, httpsOnly: false }

const at = (address: string): LookupAddress => ({ address, family: address.includes(":") ? 6 : 4 })
const resolvesTo = (...answers: ReadonlyArray<ReadonlyArray<string>>) => {
  const asked: Array<string> = []
  const resolve = (hostname: string) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)] ?? []
    asked.push(hostname)
    return Promise.resolve(answer.map(at))
  }
  return { asked, resolve }
}
const nowhere = resolvesTo([]).resolve

const withEgress = (options: Partial<EgressOptions>) =>
  Effect.provide(EgressNode({ ...production, timeout: "5 seconds", resolve: nowhere, ...options }))
const post = (url: string, body = "{}") =>
  Effect.flatMap(Egress, (egress) => egress.post({ url, headers: {}, body })).pipe(Effect.map(({ status }) => status))
const check = (url: string) => Effect.flatMap(Egress, (egress) => egress.check(url))

const serve = Effect.fnUntraced(function*(answer: (request: StubRequest, count: number) => StubBehaviour) {
  const requests: Array<StubRequest> = []
  const url = yield* serveStub((request) => answer(request, requests.push(request)))
  return { url, requests }
})

const serverName: Effect.Effect<{ readonly port: number; readonly seen: ReadonlyArray<string> }, never, Scope.Scope> =
  Effect.suspend(() => {
    const seen: Array<string> = []
    const server = createTlsServer({
      SNICallback: (name, done) => {
        seen.push(name)
        done(new Error("no certificate"))
      }
    })
    server.on("tlsClientError", () => {})
    const listening = Effect.callback<number>((resume) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        resume(Effect.succeed(typeof address === "object" ? address?.port ?? 0 : 0))
      })
    })
    return Effect.acquireRelease(listening, () => Effect.sync(() => void server.close())).pipe(
      Effect.map((port) => ({ port, seen }))
    )
  })

describe("an address given by a user", () => {
  it.effect("an address given by a user is refused if it is malformed", () =>
    Effect.gen(function*() {
      const wrong = {
        "": /not a valid URL/,
        "not a url": /not a valid URL/,
        "ftp://hooks.example/": /Only https/,
        "file:///etc/passwd": /Only https/,
        "javascript:alert(1)": /Only https/,
        "http://hooks.example/": /not http/,
        "https://user@hooks.example/": /user name or password/,
        "https://:secret@hooks.example/": /user name or password/,
        "https://hooks.example:22/": /Port 22/,
        "https://hooks.example:5432/": /Port 5432/,
        "https://127.0.0.1/": /not public \(loopback\)/,
        "https://2130706433/": /not public \(loopback\)/,
        "https://0x7f.1/": /not public \(loopback\)/,
        "https://0251.0376.0251.0376/latest/meta-data/": /not public \(linkLocal\)/,
        "https://[::ffff:10.0.0.1]/": /not public \(ipv4Mapped\)/
      }
      for (const [url, reason] of Object.entries(wrong)) {
        const error = yield* Effect.flip(check(url))
        assert.instanceOf(error, EgressRefused, url)
        assert.match(error.message, reason, url)
      }
    }).pipe(withEgress(production)))

  it.effect("an address given by a user is refused if any address of its name is not public, without saying which", () =>
    Effect.gen(function*() {
      for (const addresses of [["10.0.0.7"], ["1.1.1.1", "169.254.169.254"], ["2606:4700::1", "::1"]]) {
        const error = yield* check("https://hooks.example/").pipe(
          withEgress({ resolve: resolvesTo(addresses).resolve }),
          Effect.flip
        )
        assert.instanceOf(error, EgressRefused)
        assert.strictEqual(error.message, "The name hooks.example resolves to an address that is not public.")
      }
    }))

  it.effect("an address given by a user is returned in canonical form if its name has only public addresses", () =>
    Effect.gen(function*() {
      const address = yield* check(" HTTPS://Hooks.example:8443/a/../in\u0000?x=1\n")
      assert.strictEqual(address, "https://hooks.example:8443/in%00?x=1")
    }).pipe(withEgress({ resolve: resolvesTo(["1.1.1.1", "2606::1"]).resolve })))

  it.effect("an address given by a user fails instead of being refused while its name cannot be resolved", () =>
    Effect.gen(function*() {
      for (const resolve of [nowhere, () => Promise.reject(new Error("ENOTFOUND"))]) {
        const error = yield* check("https://hooks.example/").pipe(withEgress({ resolve }), Effect.flip)
        assert.instanceOf(error, EgressFailed)
      }
    }))

  it.effect("an address of this machine is refused without a connection unless private addresses are allowed", () =>
    Effect.gen(function*() {
      const { requests, url } = yield* serve(() => ({ status: 200 }))
      const error = yield* post(url.href).pipe(withEgress({ httpsOnly: false }), Effect.flip)
      assert.instanceOf(error, EgressRefused)
      assert.lengthOf(requests, 0)
      assert.strictEqual(yield* post(url.href).pipe(withEgress(local)), 200)
    }))
})

describe("a call", () => {
  it.live("a call sends the body and the headers, and returns the status and when to try again", () =>
    Effect.gen(function*() {
      const { requests, url } = yield* serve(() => ({ status: 429, headers: { "retry-after": "7" } }))
      const egress = yield* Egress
      const headers = { "content-type": "application/json", "webhook-id": "1" }
      const answer = yield* egress.post({ url: `${url.href}in?x=1`, headers, body: "{\"a\":\"é\"}" })
      assert.deepStrictEqual(answer, { status: 429, retryAfter: "7" })
      const [request] = requests
      assert.deepInclude(request?.headers, headers)
      assert.deepStrictEqual(
        [request?.method, request?.url.pathname, request?.url.search, request?.body.toString()],
        ["POST", "/in", "?x=1", "{\"a\":\"é\"}"]
      )
    }).pipe(withEgress(local)))

  it.live("a call goes to the checked address, even if the name resolves differently a moment later", () =>
    Effect.gen(function*() {
      const { requests, url } = yield* serve(() => ({ status: 204 }))
      const names = resolvesTo(["127.0.0.1"], ["169.254.169.254"])
      const rebound = post(`http://hooks.example:${url.port}/`)
      assert.strictEqual(yield* rebound.pipe(withEgress({ ...local, resolve: names.resolve })), 204)
      assert.deepStrictEqual(names.asked, ["hooks.example"])
      assert.strictEqual(requests[0]?.headers.host, `hooks.example:${url.port}`)
    }))

  it.live("a call keeps the host's name for TLS", () =>
    Effect.gen(function*() {
      const { port, seen } = yield* serverName
      const call = post(`https://hooks.example:${port}/`)
      const error = yield* call.pipe(withEgress({ ...local, resolve: resolvesTo(["127.0.0.1"]).resolve }), Effect.flip)
      assert.instanceOf(error, EgressFailed)
      assert.deepStrictEqual(seen, ["hooks.example"])
    }))

  it.live("a call follows up to three redirects that keep the body", () =>
    Effect.gen(function*() {
      const { requests, url } = yield* serve((_, count) =>
        count <= 3 ? { status: 307, headers: { location: `/step-${count}` } } : { status: 200 }
      )
      assert.strictEqual(yield* post(url.href, "the body"), 200)
      assert.deepStrictEqual(requests.map((request) => request.url.pathname), ["/", "/step-1", "/step-2", "/step-3"])
      assert.isTrue(requests.every((request) => request.body.toString() === "the body"))
    }).pipe(withEgress(local)))

  it.live("a call does not follow a fourth redirect, nor one that would drop the body", () =>
    Effect.gen(function*() {
      const { requests, url } = yield* serve(() => ({ status: 308, headers: { location: "/again" } }))
      const error = yield* Effect.flip(post(url.href))
      assert.instanceOf(error, EgressFailed)
      assert.lengthOf(requests, 4)
      const other = yield* serve(() => ({ status: 302, headers: { location: "/elsewhere" } }))
      assert.strictEqual(yield* post(other.url.href), 302)
      assert.lengthOf(other.requests, 1)
    }).pipe(withEgress(local)))

  it.live("a call checks a redirect like the first address", () =>
    Effect.gen(function*() {
      const targets = [
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:169.254.169.254]/",
        "http://user:pass@hooks.example/",
        "file:///etc/passwd",
        "http://inside.example/"
      ]
      for (const location of targets) {
        const { requests, url } = yield* serve(() => ({ status: 307, headers: { location } }))
        const error = yield* post(url.href).pipe(
          withEgress({ ...local, resolve: resolvesTo(["169.254.169.254"]).resolve }),
          Effect.flip
        )
        assert.instanceOf(error, EgressRefused, location)
        assert.lengthOf(requests, 1)
      }
    }))

  it.live("a call resolves the name of a redirect afresh: one that has become private is refused", () =>
    Effect.gen(function*() {
      const { requests, url } = yield* serve(() => ({ status: 307, headers: { location: "/again" } }))
      const names = resolvesTo(["127.0.0.1"], ["100.64.0.1"])
      const error = yield* post(`http://hooks.example:${url.port}/`).pipe(
        withEgress({ ...local, resolve: names.resolve }),
        Effect.flip
      )
      assert.instanceOf(error, EgressRefused)
      assert.lengthOf(requests, 1)
    }))

  it.live("a call ends after the response headers, however long the body is", () =>
    Effect.gen(function*() {
      const { url } = yield* serve(() => ({ status: 200, body: "x".repeat(50_000_000) }))
      assert.strictEqual(yield* post(url.href), 200)
      const { url: cut } = yield* serve(() => "cut")
      assert.strictEqual(yield* post(cut.href), 200)
    }).pipe(withEgress(local)))

  it.live("a call fails if the response headers are too large, if the server hangs, and if it disconnects", () =>
    Effect.gen(function*() {
      const large = { status: 200, headers: { "x-large": "x".repeat(20_000) } }
      for (
        const [behaviour, reason] of [[large, /HPE_HEADER_OVERFLOW/], ["hang", /No response within/], [
          "reset",
          /ECONNRESET/
        ]] as const
      ) {
        const { url } = yield* serve(() => behaviour)
        const error = yield* post(url.href).pipe(withEgress({ ...local, timeout: "300 millis" }), Effect.flip)
        assert.instanceOf(error, EgressFailed)
        assert.match(error.message, reason)
      }
    }))

  it.live("a call counts a slow resolver towards its time limit", () =>
    Effect.gen(function*() {
      const resolve = () => new Promise<ReadonlyArray<LookupAddress>>(() => {})
      const error = yield* post("https://hooks.example/").pipe(
        withEgress({ resolve, timeout: "50 millis" }),
        Effect.flip
      )
      assert.instanceOf(error, EgressFailed)
    }))
})
