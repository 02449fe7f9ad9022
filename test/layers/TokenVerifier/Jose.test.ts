import { assert, it } from "@effect/vitest"
import { Duration, Effect, Option, Redacted, Schema } from "effect"
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from "jose"
import { createServer, type ServerResponse } from "node:http"
import { Readable } from "node:stream"
import { vi } from "vitest"
import { signingKeysKept, type TokenOptions, TokenVerifierJose } from "../../../layers/TokenVerifier/Jose.ts"
import { TokenVerifier } from "../../../services/TokenVerifier.ts"
import { localUserId } from "../../../src/domain/Ids.ts"

const secret = "a secret of this test, which is long enough"
const now = () => Math.floor(Date.now() / 1000)
const issuer = "https://project.supabase.co/auth/v1"
const good = (): JWTPayload => ({
  sub: localUserId,
  aud: "authenticated",
  role: "authenticated",
  is_anonymous: false,
  iss: issuer,
  exp: now() + 600
})
const bytes = (text: string) => new TextEncoder().encode(text)

const hs256 = (payload: JWTPayload, by = secret, alg = "HS256") =>
  Effect.promise(() => new SignJWT(payload).setProtectedHeader({ alg }).sign(bytes(by)))

const verify = (token: string) => Effect.flatMap(TokenVerifier, ({ verify }) => verify(Redacted.make(token)))
const verifier = (options: Partial<TokenOptions>) =>
  TokenVerifierJose({ secret: undefined, jwksUrl: undefined, issuer, allowAnonymous: false, ...options })
const bySecret = verifier({ secret: Redacted.make(secret) })

it.layer(bySecret)("a token signed with the project's secret", (it) => {
  it.effect("identifies its subject, with the role user unless it names another", () =>
    Effect.gen(function*() {
      const user = yield* verify(yield* hs256(good()))
      assert.deepStrictEqual(
        user,
        Option.some({ userId: localUserId, role: "user" as const, actor: `token:${localUserId}` })
      )
      const viewer = yield* verify(yield* hs256({ ...good(), app_metadata: { accessa_role: "viewer", provider: "x" } }))
      assert.strictEqual(Option.getOrThrow(viewer).role, "viewer")
    }))

  it.effect("identifies the same user if it writes the id in capitals", () =>
    Effect.gen(function*() {
      const sub = "abcdef00-aaaa-4bbb-8ccc-ddddeeeeff01"
      const user = yield* verify(yield* hs256({ ...good(), sub: sub.toUpperCase() }))
      assert.strictEqual(Option.getOrThrow(user).userId, sub)
    }))

  it.effect("is refused if it is forged, expired, for another audience, or incomplete", () =>
    Effect.gen(function*() {
      const { exp: _exp, ...endless } = good()
      const { sub: _sub, ...withoutSubject } = good()
      const { iss: _iss, ...withoutIssuer } = good()
      const [head, , signature] = (yield* hs256(good())).split(".")
      const admin = Buffer.from(JSON.stringify({ ...good(), app_metadata: { accessa_role: "admin" } }))
      const tokens = {
        "another secret": yield* hs256(good(), `${secret}.`),
        "another algorithm": yield* hs256(good(), secret.repeat(2), "HS512"),
        "no signature": new UnsecuredJWT(good()).encode(),
        "a changed body": [head, admin.toString("base64url"), signature].join("."),
        "an end in the past": yield* hs256({ ...good(), exp: now() - 60 }),
        "no end": yield* hs256(endless),
        "a begin in the future": yield* hs256({ ...good(), nbf: now() + 600 }),
        "another audience": yield* hs256({ ...good(), aud: "anon" }),
        "another project's issuer": yield* hs256({ ...good(), iss: "https://other.supabase.co/auth/v1" }),
        "no issuer": yield* hs256(withoutIssuer),
        "the project's public key": yield* hs256({ ...good(), role: "anon" }),
        "the project's own key": yield* hs256({ ...good(), role: "service_role" }),
        "no role": yield* hs256({ ...good(), role: undefined }),
        "an anonymous sign-in": yield* hs256({ ...good(), is_anonymous: true }),
        "the same in other words": yield* hs256({ ...good(), is_anonymous: "true" }),
        "no subject": yield* hs256(withoutSubject),
        "a subject that is no user id": yield* hs256({ ...good(), sub: "admin" }),
        "an unknown role": yield* hs256({ ...good(), app_metadata: { accessa_role: "root" } })
      }
      for (const [what, token] of Object.entries(tokens)) {
        assert.isTrue(Option.isNone(yield* verify(token)), what)
      }
    }))

  it.effect.prop(
    "is not any text",
    [Schema.Union([Schema.String, Schema.TemplateLiteral([Schema.String, ".", Schema.String, ".", Schema.String])])],
    ([text]) => Effect.map(verify(text), (found) => assert.isTrue(Option.isNone(found)))
  )
})

it.effect(
  "an anonymous sign-in is accepted if a setting allows it, and a token of any issuer if none is "
    + "configured",
  () =>
    Effect.gen(function*() {
      const { iss: _iss, ...withoutIssuer } = good()
      assert.isTrue(Option.isSome(yield* verify(yield* hs256({ ...withoutIssuer, is_anonymous: true }))))
    }).pipe(
      Effect.provide(verifier({ secret: Redacted.make(secret), issuer: undefined, allowAnonymous: true }))
    )
)

it.effect("tokens with unknown key ids do not trigger a fetch of the keys each time", () =>
  Effect.gen(function*() {
    let asked = 0
    const url = yield* served((response) => {
      asked++
      response.statusCode = asked > 1 ? 200 : 500
      response.end(JSON.stringify({ keys: [] }))
    })
    const { privateKey } = yield* Effect.promise(() => generateKeyPair("ES256"))
    const codes: Array<string> = []
    yield* Effect.gen(function*() {
      for (let n = 0; n < 20; n++) {
        const outcome = yield* Effect.result(verify(yield* signed(privateKey, "ES256", `made up ${n}`)))
        codes.push(outcome._tag === "Failure" ? outcome.failure.code : "refused")
      }
    }).pipe(Effect.provide(verifier({ jwksUrl: url })))
    assert.strictEqual(asked, 1)
    assert.deepStrictEqual(new Set(codes), new Set(["AUTH_UNAVAILABLE"]), "tokens cannot be checked without keys")
  }))

it.effect("an answer that is no set of keys is not asked for again by the next token, nor is a set without an end", () =>
  Effect.gen(function*() {
    const answers: ReadonlyArray<(response: ServerResponse) => unknown> = [
      (response) => response.end("<html>Sign in</html>"),
      (response) => response.end("null"),
      (response) => response.end("{\"keys\":[7]}"),
      (response) => Readable.from(endless()).pipe(response)
    ]
    for (const answer of answers) {
      let asked = 0
      const url = yield* served((response) => {
        asked++
        answer(response)
      })
      const { privateKey } = yield* Effect.promise(() => generateKeyPair("ES256"))
      yield* Effect.gen(function*() {
        for (const kid of ["one", "two", "three"]) {
          const error = yield* Effect.flip(verify(yield* signed(privateKey, "ES256", kid)))
          assert.strictEqual(error.code, "AUTH_UNAVAILABLE")
        }
      }).pipe(Effect.provide(verifier({ jwksUrl: url })))
      assert.strictEqual(asked, 1)
    }
  }))

const endless = function*() {
  yield "{\"keys\":["
  for (;;) yield `${"{},".repeat(20_000)}`
}

const served = Effect.fnUntraced(function*(answer: (response: ServerResponse) => void) {
  const server = createServer((_, response) => answer(response))
  yield* Effect.callback<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void)))
  yield* Effect.addFinalizer(() => Effect.sync(() => server.close()))
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  return new URL(`http://127.0.0.1:${port}/keys`)
})

const keySet = Effect.gen(function*() {
  const ec = yield* Effect.promise(() => generateKeyPair("ES256"))
  const rsa = yield* Effect.promise(() => generateKeyPair("RS256"))
  const keys = [
    { ...(yield* Effect.promise(() => exportJWK(ec.publicKey))), kid: "ec", alg: "ES256" },
    { ...(yield* Effect.promise(() => exportJWK(rsa.publicKey))), kid: "rsa", alg: "RS256" }
  ]
  let asked = 0
  const jwksUrl = yield* served((response) => {
    asked++
    response.end(JSON.stringify({ keys }))
  })
  return { ec, rsa, asked: () => asked, jwksUrl, published: keys }
})

const signed = (key: CryptoKey, alg: string, kid: string) =>
  Effect.promise(() => new SignJWT(good()).setProtectedHeader({ alg, kid }).sign(key))

it.effect("a token signed with a published key is accepted, and a public key is no secret", () =>
  Effect.gen(function*() {
    const { asked, ec, jwksUrl, published, rsa } = yield* keySet
    const stranger = yield* Effect.promise(() => generateKeyPair("ES256"))
    yield* Effect.gen(function*() {
      assert.isTrue(Option.isSome(yield* verify(yield* signed(ec.privateKey, "ES256", "ec"))))
      assert.isTrue(Option.isSome(yield* verify(yield* signed(rsa.privateKey, "RS256", "rsa"))))
      assert.isTrue(Option.isNone(yield* verify(yield* signed(stranger.privateKey, "ES256", "ec"))))
      for (const kid of ["unknown", "unknown as well", "a third"]) {
        assert.isTrue(Option.isNone(yield* verify(yield* signed(stranger.privateKey, "ES256", kid))))
      }
      assert.strictEqual(asked(), 1, "keys fetched a moment ago are not fetched again")
      assert.isTrue(Option.isNone(yield* verify(yield* hs256(good(), JSON.stringify(published[1])))))
      assert.isTrue(Option.isNone(yield* verify(yield* hs256(good()))))
    }).pipe(Effect.provide(verifier({ jwksUrl })))
  }))

it.effect("a withdrawn key is accepted for as long as keys are kept, and no key for longer while they are unavailable", () =>
  Effect.gen(function*() {
    const { ec, published, rsa } = yield* keySet
    let keys: ReadonlyArray<unknown> | undefined = published
    const jwksUrl = yield* served((response) => {
      response.writeHead(keys === undefined ? 500 : 200).end(JSON.stringify({ keys }))
    })
    yield* Effect.addFinalizer(() => Effect.sync(() => vi.useRealTimers()))
    vi.useFakeTimers({ toFake: ["Date"] })
    const later = (time: Duration.Duration) => vi.setSystemTime(Date.now() + Duration.toMillis(time))
    const [first, second] = [signed(ec.privateKey, "ES256", "ec"), signed(rsa.privateKey, "RS256", "rsa")]
    const accepted = (token: Effect.Effect<string>) => Effect.map(Effect.flatMap(token, verify), Option.isSome)
    yield* Effect.gen(function*() {
      assert.isTrue(yield* accepted(first))
      keys = published.slice(1)
      later(Duration.subtract(signingKeysKept, Duration.seconds(1)))
      assert.isTrue(yield* accepted(first))
      later(Duration.seconds(1))
      assert.isFalse(yield* accepted(first))
      keys = undefined
      later(Duration.subtract(signingKeysKept, Duration.seconds(1)))
      assert.isTrue(yield* accepted(second))
      later(Duration.seconds(1))
      assert.include(yield* Effect.flip(accepted(second)), { code: "AUTH_UNAVAILABLE" })
      keys = published
      later(Duration.minutes(1))
      assert.isTrue(yield* accepted(second))
    }).pipe(Effect.provide(verifier({ jwksUrl })))
  }))

it.effect("while the published keys are unavailable, a token is not refused but cannot be checked", () =>
  Effect.gen(function*() {
    const { privateKey } = yield* Effect.promise(() => generateKeyPair("ES256"))
    const error = yield* Effect.flip(verify(yield* signed(privateKey, "ES256", "ec")))
    assert.include(error, { _tag: "RecoverableError", code: "AUTH_UNAVAILABLE" })
  }).pipe(
    Effect.provide(verifier({ jwksUrl: new URL("http://127.0.0.1:9/keys") }))
  ))

it.effect("without keys no token is accepted", () =>
  Effect.gen(function*() {
    assert.isTrue(Option.isNone(yield* verify(yield* hs256(good()))))
  }).pipe(Effect.provide(verifier({}))))
