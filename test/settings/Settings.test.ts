import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Redacted } from "effect"
import { IpNetwork } from "effect/net"
import { Settings } from "../../src/settings/Settings.ts"

const settingsOf = (variables: Record<string, string>) =>
  Settings.pipe(
    Effect.provide(Settings.layer),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnvRecord(variables))
  )
const refusal = (variables: Record<string, string>) => Effect.map(Effect.flip(settingsOf(variables)), String)

const strong = ["the-first-secret-of-32-characters!", "the-second-secret-of-32-characters"]
const production = {
  ACCESSA_ENV: "production",
  DATABASE_URL: "postgres://accessa@db.example/accessa",
  LLAMAPARSE_API_KEY: "llx-1",
  OPENAI_API_KEY: "sk-1",
  SUPABASE_JWT_SECRET: "the-jwt-secret-of-thirty-two-characters",
  WEBHOOK_SECRETS: strong.join(", ")
}

describe("keys that are sent in a header", () => {
  it.effect.each(["LLAMAPARSE_API_KEY", "OPENAI_API_KEY", "SUPABASE_SERVICE_ROLE_KEY"])(
    "are refused at the start if a header cannot carry them, without being shown: %s",
    (name) =>
      Effect.gen(function*() {
        for (const key of ["sk-half\nother-half", "sk-\u2026"]) {
          const said = yield* refusal({
            ...production,
            STORAGE: "supabase",
            SUPABASE_URL: "https://a.example",
            [name]: key
          })
          assert.match(said, new RegExp(`${name} is invalid: expected a key of ASCII characters`))
          for (const part of ["half", "sk-", "\u2026"]) assert.notInclude(said, part)
        }
      })
  )
})

describe("the issuer of tokens", () => {
  it.effect("the issuer of tokens is the auth service of the project, unless a setting names another", () =>
    Effect.gen(function*() {
      const issuerWith = (variables: Record<string, string>) =>
        Effect.map(settingsOf(variables), ({ supabaseTokens }) => supabaseTokens.issuer)
      assert.isUndefined(yield* issuerWith({}))
      for (const url of ["https://project.supabase.co", "https://project.supabase.co/"]) {
        assert.strictEqual(yield* issuerWith({ SUPABASE_URL: url }), "https://project.supabase.co/auth/v1")
      }
      const both = { SUPABASE_URL: "http://kong:8000", SUPABASE_JWT_ISSUER: "https://api.example.com/auth/v1" }
      assert.strictEqual(yield* issuerWith(both), "https://api.example.com/auth/v1")
    }))
})

describe("trusted proxies", () => {
  it.effect("trusted proxies are addresses and networks, and an invalid entry stops the start by its number", () =>
    Effect.gen(function*() {
      const of = (list: string) => Effect.map(settingsOf({ TRUSTED_PROXIES: list }), (each) => each.trustedProxies)
      assert.deepInclude(yield* of(""), { networks: [], header: "x-forwarded-for" })
      assert.deepStrictEqual(
        (yield* of("10.0.0.7, 192.168.4.0/24,fd00::/8")).networks.map(IpNetwork.format),
        ["10.0.0.7/32", "192.168.4.0/24", "fd00::/8"]
      )
      for (const wrong of ["10.0.0.0/33", "proxy", "0.0.0.0/0", "10.0.0.1 10.0.0.2"]) {
        const message = yield* refusal({ TRUSTED_PROXIES: `10.0.0.7, ${wrong}` })
        assert.include(message, "Entry 2 of TRUSTED_PROXIES is not a valid address or network.")
      }
      assert.match(yield* refusal({ TRUSTED_PROXY_HEADER: "x-real-ip" }), /TRUSTED_PROXY_HEADER/)
    }))
})

describe("the settings of S3", () => {
  it.effect("the settings of S3 are read with STORAGE=s3 alone, and name what is wrong", () =>
    Effect.gen(function*() {
      const s3 = { STORAGE: "s3", S3_BUCKET: "documents" }
      assert.deepStrictEqual((yield* settingsOf({ S3_BUCKET: "documents" })).storage, { kind: "filesystem" })
      const kms = { ...s3, S3_ENCRYPTION: "aws:kms", S3_KMS_KEY_ID: "alias/documents" }
      assert.deepStrictEqual((yield* settingsOf(kms)).storage, {
        kind: "s3",
        bucket: "documents",
        region: "us-east-1",
        endpoint: undefined,
        publicEndpoint: undefined,
        forcePathStyle: false,
        encryption: { algorithm: "aws:kms", keyId: "alias/documents" }
      })
      assert.include(yield* refusal({ STORAGE: "s3" }), "S3_BUCKET is required")
      assert.include(yield* refusal({ ...s3, S3_BUCKET: "s3://documents" }), "S3_BUCKET is invalid")
      assert.include(yield* refusal({ ...s3, S3_REGION: "Frankfurt (eu-central-1)" }), "S3_REGION is invalid")
      assert.include(yield* refusal({ ...s3, S3_ENDPOINT: "127.0.0.1:9000" }), "S3_ENDPOINT is invalid")
      assert.include(yield* refusal({ ...s3, S3_KMS_KEY_ID: "alias/documents" }), "S3_ENCRYPTION=aws:kms")
    }))
})

describe("outside local", () => {
  it.effect("several secrets of callbacks are accepted, in order", () =>
    Effect.gen(function*() {
      const { linkSecrets } = yield* settingsOf(production)
      assert.deepStrictEqual(linkSecrets.map(Redacted.value), strong)
    }))

  it.effect("a start without the secrets of callbacks is stopped", () =>
    Effect.gen(function*() {
      const { WEBHOOK_SECRETS: _, ...without } = production
      assert.match(yield* refusal(without), /WEBHOOK_SECRETS/)
    }))

  it.effect("a short secret of callbacks stops the start, and is not repeated in the message", () =>
    Effect.gen(function*() {
      for (const secrets of ["too-short", "", `${strong[0]},`, `${strong[0]},too-short`]) {
        const message = yield* refusal({ ...production, WEBHOOK_SECRETS: secrets })
        assert.match(message, /WEBHOOK_SECRETS/, secrets)
        assert.notInclude(message, "too-short")
      }
    }))

  it.effect("a start without a database server is stopped, because the embedded one is for laptops", () =>
    Effect.gen(function*() {
      const { DATABASE_URL: _, ...without } = production
      assert.match(yield* refusal(without), /The setting DATABASE_URL is required/)
      assert.isUndefined((yield* settingsOf({})).databaseUrl)
    }))

  it.effect("the mocks' own key is refused, and a start without a key is stopped", () =>
    Effect.gen(function*() {
      for (const name of ["LLAMAPARSE_API_KEY", "OPENAI_API_KEY"]) {
        assert.match(yield* refusal({ ...production, [name]: "local-mock-key" }), new RegExp(name))
        const { [name]: _, ...without }: Record<string, string> = production
        assert.match(yield* refusal(without), new RegExp(name))
      }
    }))

  it.effect("an invalid value is named by its variable, and not repeated", () =>
    Effect.gen(function*() {
      const message = yield* refusal({ API_PORT: "s3cret" })
      assert.match(message, /The setting API_PORT is invalid: expected a string representing a finite number\./)
      assert.notInclude(message, "s3cret")
    }))

  it.effect("the collector's headers are a list of names and values; another form stops the start, and is not repeated", () =>
    Effect.gen(function*() {
      const { otlp } = yield* settingsOf({ OTEL_EXPORTER_OTLP_HEADERS: "x-key=a%2Cb%3Dc, x-tenant = 7 ," })
      assert.deepStrictEqual(otlp.headers, { "x-key": "a,b=c", "x-tenant": "7" })
      for (const wrong of ["s3cret", "x-key=%zzs3cret", "x-key=s3cret%0A", "=s3cret"]) {
        const message = yield* refusal({ OTEL_EXPORTER_OTLP_HEADERS: wrong })
        assert.match(message, /OTEL_EXPORTER_OTLP_HEADERS is invalid: expected name=value/i, wrong)
        assert.notInclude(message, "s3cret")
      }
    }))

  it.effect("the attributes of what is exported are names and values; a malformed one stops the start", () =>
    Effect.gen(function*() {
      const { otlp } = yield* settingsOf({
        OTEL_RESOURCE_ATTRIBUTES: "k8s.pod.name=api-7, team=policies%20and%20claims"
      })
      assert.deepStrictEqual(otlp.attributes, { "k8s.pod.name": "api-7", team: "policies and claims" })
      assert.isUndefined((yield* settingsOf({})).otlp.attributes)
      assert.match(
        yield* refusal({ OTEL_RESOURCE_ATTRIBUTES: "team=%zz" }),
        /The setting OTEL_RESOURCE_ATTRIBUTES is invalid/
      )
    }))

  it.effect("a short secret for tokens is refused, and not repeated in the message", () =>
    Effect.gen(function*() {
      const message = yield* refusal({ ...production, SUPABASE_JWT_SECRET: "too-short" })
      assert.match(message, /SUPABASE_JWT_SECRET/)
      assert.notInclude(message, "too-short")
    }))

  it.effect("webhooks to private addresses cannot be allowed", () =>
    Effect.gen(function*() {
      assert.match(yield* refusal({ ...production, EGRESS_ALLOW_PRIVATE: "true" }), /EGRESS_ALLOW_PRIVATE/)
      assert.isTrue((yield* settingsOf({ EGRESS_ALLOW_PRIVATE: "true" })).egressAllowPrivate)
      assert.isFalse((yield* settingsOf({})).egressAllowPrivate)
    }))
})
