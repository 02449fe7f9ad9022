import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Layer, Logger, Redacted, References, Schema, Tracer } from "effect"
import { TestClock } from "effect/testing"
import { randomUUID } from "node:crypto"
import { ApiKeys } from "../../../services/ApiKeys.ts"
import { routes } from "../../../src/api/Api.ts"
import { mayCall } from "../../../src/api/routes.ts"
import { UserId } from "../../../src/domain/Ids.ts"
import { atLeast, Role } from "../../../src/domain/Principal.ts"
import { rates } from "../../../src/policy/rates.ts"
import { keyOf, tokenOf } from "../../support/harness/Credentials.ts"
import { formOf, TestApi, testApi } from "../../support/harness/TestApi.ts"
import { asking, elsewhere, loopback, recording } from "./callerAddress.ts"

const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` })

/** A request that the route answers, whether or not its resource exists. */
const callOf = ({ method, path }: (typeof routes)[number]) => {
  const url = path.replaceAll(/:\w+/gu, () => randomUUID())
  return { url, init: { method } }
}

describe("the contract", () => {
  it("names the role that each of its routes requires", () => {
    for (const { name, role } of routes) assert.isDefined(role, name)
  })

  it("the contract refuses every role on a route without a role", () => {
    for (const role of Role.literals) assert.isFalse(mayCall(undefined, role))
  })
})

layer(testApi())("a route", (it) => {
  for (const route of routes) {
    const needed = route.role
    const { init, url } = callOf(route)
    if (needed === "open") {
      it.effect(`${route.method} ${route.path} needs no credential`, () =>
        Effect.gen(function*() {
          const { request } = yield* TestApi
          const { body } = yield* request(url, { ...init, headers: bearer("") })
          assert.notInclude(["UNAUTHENTICATED", "BAD_CREDENTIAL", "ROLE_TOO_LOW"], body["code"])
        }))
      continue
    }
    it.effect(`${route.method} ${route.path} requires a credential`, () =>
      Effect.gen(function*() {
        const { request } = yield* TestApi
        const none = yield* request(url, { ...init, headers: { authorization: "" } })
        assert.deepInclude(none, { status: 401 })
        assert.strictEqual(none.body["code"], "UNAUTHENTICATED")
        assert.strictEqual(none.headers.get("www-authenticate"), "Bearer realm=\"accessa\"")
      }))
    for (const role of Role.literals) {
      const allowed = needed !== undefined && atLeast(role, needed)
      it.effect(`${route.method} ${route.path} is ${allowed ? "open" : "closed"} to the role ${role}`, () =>
        Effect.gen(function*() {
          const { request } = yield* TestApi
          const { body, status } = yield* request(url, { ...init, headers: bearer(keyOf(role)) })
          assert.strictEqual(status === 403, !allowed)
          assert.notStrictEqual(status, 401)
          if (!allowed) {
            assert.strictEqual(body["code"], "ROLE_TOO_LOW")
            assert.include(body["detail"], `the role ${needed}`)
          }
        }))
    }
  }
})

describe("a credential", () => {
  it.live("a credential gives access to its user's resources, which are not found with others", () =>
    Effect.gen(function*() {
      const { request, upload } = yield* TestApi
      const mine = (yield* upload(formOf("a.txt", "some text"))).body
      const stranger = bearer(tokenOf(UserId.make(randomUUID())))
      const job = `/api/v1/jobs/${mine["job_id"]}`
      const document = `/api/v1/documents/${mine["document_id"]}`
      const reads = [job, `${job}/events`, `${job}/explain`, `${job}/receipt`, document, `${document}/chunks`]
      for (const path of reads) assert.strictEqual((yield* request(path, { headers: stranger })).status, 404, path)
      const changes = [["POST", `${job}/retry`], ["POST", `${job}/cancel`], ["DELETE", document]] as const
      for (const [method, path] of changes) {
        assert.strictEqual((yield* request(path, { method, headers: stranger })).status, 404, path)
      }
      const admin = bearer(keyOf("admin"))
      assert.strictEqual((yield* request(job, { headers: admin })).status, 200)
      const list = yield* request("/api/v1/jobs", { headers: stranger })
      assert.deepStrictEqual(list.body, { jobs: [], next_cursor: null })
    }).pipe(Effect.provide(testApi())))

  it.live("a credential that was revoked is refused", () =>
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const keys = yield* ApiKeys
      const by = { actor: "test", role: "admin", reason: null, correlationId: null }
      const userId = UserId.make(randomUUID())
      const { key, secret } = yield* keys.make({ userId, role: "viewer", name: "x", expiresAt: null }, by)
      const ask = request("/api/v1/jobs", { headers: bearer(Redacted.value(secret)) })
      assert.strictEqual((yield* ask).status, 200)
      yield* keys.revoke(key.keyId, by)
      const refused = yield* ask
      assert.strictEqual(refused.status, 401)
      assert.strictEqual(refused.body["code"], "BAD_CREDENTIAL")
      assert.match(refused.headers.get("www-authenticate") ?? "", /error="invalid_token"/)
    }).pipe(Effect.provide(testApi())))

  layer(testApi())((it) => {
    it.effect("a credential is checked again when a long event stream reconnects", () =>
      Effect.gen(function*() {
        const { request, upload } = yield* TestApi
        const { body } = yield* upload(formOf("a.txt", "some text"))
        const stream = yield* Effect.forkChild(request(`/api/v1/jobs/${body["job_id"]}/events`))
        const ended = yield* TestClock.adjust("5 seconds").pipe(
          // What the clock has triggered over the network arrives before this answer.
          Effect.andThen(request("/health")),
          Effect.andThen(Effect.sync(() => stream.pollUnsafe())),
          Effect.repeat({ until: (exit) => exit !== undefined, times: 300 })
        )
        assert.include((ended?._tag === "Success" ? ended.value : undefined)?.text, "uploaded")
      }))
  })

  const generous = { ...rates, refused: { limit: 1_000_000, window: "1 minute" as const } }
  layer(testApi({ rates: generous }))((it) => {
    it.effect.prop(
      "a credential that was made up is refused",
      [Schema.Union([
        Schema.String,
        Schema.TemplateLiteral(["acc_", Schema.String]),
        Schema.TemplateLiteral([keyOf("admin"), Schema.String])
      ])],
      ([text]) =>
        Effect.gen(function*() {
          const header = encodeURI(text.toWellFormed())
          const { request } = yield* TestApi
          const { status } = yield* request("/api/v1/jobs", { headers: bearer(header) })
          assert.strictEqual(status, header === keyOf("admin") ? 200 : 401)
        })
    )
  })
})

describe("a caller", () => {
  const few = {
    ...rates,
    upload: { limit: 2, window: "1 minute" as const },
    refused: { limit: 3, window: "1 minute" as const }
  }

  it.live("a user who uploads too often gets a Retry-After, and the refused upload is not read", () =>
    Effect.gen(function*() {
      const { request, upload } = yield* TestApi
      const first = yield* upload(formOf("a.txt", "one"))
      assert.strictEqual(first.headers.get("ratelimit-policy"), "\"upload\";q=2;w=60")
      assert.strictEqual(first.headers.get("ratelimit"), "\"upload\";r=1;t=30")
      yield* upload(formOf("b.txt", "two"))
      const third = yield* upload(formOf("c.txt", "three"))
      assert.strictEqual(third.status, 429)
      assert.include(third.body, { code: "RATE_LIMITED", class: "transient" })
      assert.isAtMost(Number(third.headers.get("retry-after")), 30)
      assert.strictEqual(third.headers.get("ratelimit-policy"), "\"upload\";q=2;w=60")
      assert.match(third.headers.get("ratelimit") ?? "", /^"upload";r=0;t=(?:[45]\d|60)$/)
      assert.strictEqual((yield* request("/api/v1/jobs")).status, 200, "reading has its own limit")
      const other = yield* upload(formOf("c.txt", "three"), bearer(tokenOf(UserId.make(randomUUID()))))
      assert.strictEqual(other.status, 202, "so does every other user")
    }).pipe(Effect.provide(testApi({ rates: few }))))

  it.live("a caller with too many invalid credentials gets a Retry-After, and a valid one is still accepted", () =>
    Effect.gen(function*() {
      const ask = yield* asking
      for (const credential of ["acc_1", "acc_2", "acc_3"]) assert.strictEqual((yield* ask(credential)).status, 401)
      const fourth = yield* ask("acc_4")
      assert.strictEqual(fourth.status, 429)
      assert.isAtMost(Number(fourth.headers.get("retry-after")), 20)
      assert.strictEqual((yield* ask("no.token.atall")).status, 429)
      // Neither was used before.
      assert.strictEqual((yield* ask(keyOf("viewer"))).status, 200)
      assert.strictEqual((yield* ask(tokenOf(UserId.make(randomUUID())))).status, 200)
    }).pipe(Effect.provide(testApi({ rates: few }))))

  it.live("guesses of one key's secret from many addresses are limited by key, and the key itself still works", () =>
    Effect.gen(function*() {
      const ask = yield* asking
      const guess = (n: number) => ask(`acc_0123abcd_${n}`, `203.0.113.${n}`)
      for (const n of [1, 2, 3]) assert.strictEqual((yield* guess(n)).status, 401)
      const { body, status } = yield* guess(4)
      assert.strictEqual(status, 429)
      assert.include(body["detail"], "for this key")
      assert.strictEqual((yield* ask("acc_other_key", "203.0.113.4")).status, 401, "the address is not used up")
    }).pipe(Effect.provide(testApi({ rates: few, trustedProxies: loopback }))))

  it.live("behind our proxy a caller is counted by the address that it names, otherwise by the peer's", () =>
    Effect.gen(function*() {
      const ask = yield* asking
      for (const n of [1, 2, 3]) yield* ask(`acc_${n}`, "203.0.113.5")
      assert.strictEqual((yield* ask("acc_4", "203.0.113.5")).status, 429)
      assert.strictEqual(
        (yield* ask("acc_4", "6.6.6.6, 203.0.113.5")).status,
        429,
        "forged entries are ignored"
      )
      assert.strictEqual((yield* ask("acc_4", "203.0.113.6")).status, 401)
      for (const n of [1, 2, 3]) yield* ask(`acc_${n}`, `2001:db8:1:2::${n}`)
      assert.strictEqual(
        (yield* ask("acc_4", "2001:db8:1:2::4")).status,
        429,
        "an IPv6 subscriber counts as a whole network"
      )
    }).pipe(Effect.provide(testApi({ rates: few, trustedProxies: loopback }))))

  it.live("a forwarding header without our proxy has no effect", () =>
    Effect.gen(function*() {
      const ask = yield* asking
      for (const n of [1, 2, 3]) assert.strictEqual((yield* ask(`acc_${n}`, `203.0.113.${n}`)).status, 401)
      assert.strictEqual((yield* ask("acc_4", "203.0.113.4")).status, 429)
    }).pipe(Effect.provide(testApi({ rates: few, trustedProxies: elsewhere }))))

  it.live("a caller's address is in the spans and in every log line", () =>
    Effect.gen(function*() {
      const spans: Array<Record<string, unknown>> = []
      const lines: Array<unknown> = []
      yield* Effect.gen(function*() {
        const ask = yield* asking
        yield* ask("acc_1", "203.0.113.5")
      }).pipe(
        Effect.provide(
          testApi({ trustedProxies: loopback, logLevel: "Debug" }).pipe(
            Layer.provide([
              Logger.layer([Logger.make(({ fiber }) => lines.push(fiber.getRef(References.CurrentLogAnnotations)))]),
              Layer.succeed(Tracer.Tracer, recording(spans))
            ])
          )
        )
      )
      assert.deepInclude(spans.map((attributes) => attributes["client.address"]), "203.0.113.5")
      assert.isEmpty(spans.filter((attributes) => attributes["client.address"] === "127.0.0.1"))
      assert.isNotEmpty(lines)
      for (const annotations of lines) assert.deepInclude(annotations, { client_address: "203.0.113.5" })
    }))
})
