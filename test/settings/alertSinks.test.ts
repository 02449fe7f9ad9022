import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Redacted } from "effect"
import { Settings } from "../../src/settings/Settings.ts"

const settingsOf = (variables: Record<string, string>) =>
  Settings.pipe(
    Effect.provide(Settings.layer),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnvRecord(variables))
  )
const refusal = (variables: Record<string, string>) => Effect.map(Effect.flip(settingsOf(variables)), String)

const complete = {
  ALERT_SINKS: "log, webhook,slack,pagerduty,email,alertmanager",
  ALERT_WEBHOOK_URL: "https://hooks.example/alerts?token=1",
  ALERT_WEBHOOK_SECRET: `whsec_${Buffer.alloc(24).toString("base64")}`,
  ALERT_SLACK_URL: "https://hooks.slack.example/services/T0/B0/X",
  ALERT_PAGERDUTY_ROUTING_KEY: "0123456789abcdef0123456789abcdef",
  ALERT_EMAIL_SERVER: "smtps://user:p%40ss@smtp.example",
  ALERT_EMAIL_FROM: "Accessa <alerts@example.com>",
  ALERT_EMAIL_TO: "a@example.com, b@example.com",
  ALERT_ALERTMANAGER_URL: "http://127.0.0.1:9093"
}

describe("the sinks of alerts", () => {
  it.effect("alerts go to the log if no sink is named", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual((yield* settingsOf({})).alertSinks, [{ name: "log" }])
    }))

  it.effect("alerts go to every sink that ALERT_SINKS names, in its order", () =>
    Effect.gen(function*() {
      const { alertSinks } = yield* settingsOf(complete)
      assert.deepStrictEqual(alertSinks.map(({ name }) => name), complete.ALERT_SINKS.split(/, ?/))
      const email = alertSinks.find(({ name }) => name === "email")
      assert.deepInclude(email, { to: ["a@example.com", "b@example.com"], tls: "required" })
      const only = yield* settingsOf({ ...complete, ALERT_SINKS: "slack,slack" })
      const [slack, ...others] = only.alertSinks
      assert.isEmpty(others)
      assert.strictEqual(slack?.name === "slack" ? Redacted.value(slack.url).href : "", complete.ALERT_SLACK_URL)
    }))

  it.effect.each(
    [
      ["slak", "ALERT_SINKS contains \"slak\", which is not a sink. Did you mean slack?"],
      ["log,PagerDuti", "Did you mean pagerduty?"],
      ["teams", "The sinks are log, webhook, slack, pagerduty, email, alertmanager."],
      [",", "ALERT_SINKS names no sink."]
    ] as const
  )("ALERT_SINKS=%s stops the start with the nearest known sink", ([sinks, said]) =>
    Effect.gen(function*() {
      assert.include(yield* refusal({ ...complete, ALERT_SINKS: sinks }), said)
    }))

  it.effect.each(
    [
      ["webhook", "ALERT_WEBHOOK_URL"],
      ["webhook", "ALERT_WEBHOOK_SECRET"],
      ["slack", "ALERT_SLACK_URL"],
      ["pagerduty", "ALERT_PAGERDUTY_ROUTING_KEY"],
      ["email", "ALERT_EMAIL_SERVER"],
      ["email", "ALERT_EMAIL_FROM"],
      ["email", "ALERT_EMAIL_TO"],
      ["alertmanager", "ALERT_ALERTMANAGER_URL"]
    ] as const
  )("the sink %s without %s stops the start, unless it is not named", ([sink, setting]) =>
    Effect.gen(function*() {
      const { [setting]: _, ...without }: Record<string, string> = complete
      assert.include(
        yield* refusal({ ...without, ALERT_SINKS: sink }),
        `ALERT_SINKS names ${sink}, which requires the setting ${setting}.`
      )
      yield* settingsOf({ ...without, ALERT_SINKS: "log" })
    }))

  it.effect.each(
    [
      ["ALERT_WEBHOOK_SECRET", "a-plain-secret-that-is-long-enough", "must be whsec_ followed by"],
      ["ALERT_WEBHOOK_SECRET", "whsec_c2hvcnQ=", "must be whsec_ followed by"],
      ["ALERT_PAGERDUTY_ROUTING_KEY", "a-routing-key", "must have 32 letters and digits"],
      ["ALERT_EMAIL_SERVER", "smtp.example:s3cret", "must be an address such as"],
      ["ALERT_EMAIL_SERVER", "https://user:s3cret@smtp.example", "must be an address such as"]
    ] as const
  )("a %s of the wrong form stops the start, and is not repeated", ([setting, value, said]) =>
    Effect.gen(function*() {
      const message = yield* refusal({ ...complete, [setting]: value })
      assert.include(message, setting)
      assert.include(message, said)
      assert.notInclude(message, value)
    }))

  it.effect("a mail server's password may not be sent in plain text", () =>
    Effect.gen(function*() {
      const withTls = (server: string, tls: string) => ({
        ...complete,
        ALERT_EMAIL_SERVER: server,
        ALERT_EMAIL_TLS: tls
      })
      assert.include(yield* refusal(withTls("smtp://user:s3cret@smtp.example", "optional")), "ALERT_EMAIL_TLS")
      yield* settingsOf(withTls("smtp://user:s3cret@smtp.example", "required"))
      yield* settingsOf(withTls("smtp://127.0.0.1:25", "optional"))
    }))
})
