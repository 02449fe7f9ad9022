import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Redacted } from "effect"
import { Settings } from "../src/Settings.ts"

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

describe("outside local", () => {
  it.effect("the secrets of callbacks may be several, the first one first", () =>
    Effect.gen(function*() {
      const { webhookSecrets } = yield* settingsOf(production)
      assert.deepStrictEqual(webhookSecrets.map(Redacted.value), strong)
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

  it.effect("webhooks to private addresses can not be switched on", () =>
    Effect.gen(function*() {
      assert.match(yield* refusal({ ...production, EGRESS_ALLOW_PRIVATE: "true" }), /EGRESS_ALLOW_PRIVATE/)
      assert.isTrue((yield* settingsOf({ EGRESS_ALLOW_PRIVATE: "true" })).egressAllowPrivate)
      assert.isFalse((yield* settingsOf({})).egressAllowPrivate)
    }))
})
