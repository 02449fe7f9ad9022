/** `ALERT_SINKS` with the settings that each sink needs. A sink that could not work stops the start. */
import { Array, Redacted, Result } from "effect"
import { AlertSinkName } from "../domain/AlertNotice.ts"
import { nearestName } from "../domain/nearestName.ts"
import { quoted } from "./quoted.ts"

export interface SinkSettings {
  readonly ALERT_SINKS: string
  readonly ALERT_WEBHOOK_URL: Redacted.Redacted<URL> | undefined
  readonly ALERT_WEBHOOK_SECRET: Redacted.Redacted | undefined
  readonly ALERT_SLACK_URL: Redacted.Redacted<URL> | undefined
  readonly ALERT_PAGERDUTY_ROUTING_KEY: Redacted.Redacted | undefined
  readonly ALERT_PAGERDUTY_URL: URL
  readonly ALERT_EMAIL_SERVER: Redacted.Redacted | undefined
  readonly ALERT_EMAIL_FROM: string | undefined
  readonly ALERT_EMAIL_TO: string | undefined
  readonly ALERT_EMAIL_TLS: "required" | "optional"
  readonly ALERT_ALERTMANAGER_URL: URL | undefined
  readonly ALERT_ALERTMANAGER_TOKEN: Redacted.Redacted | undefined
}

const known: ReadonlyArray<string> = AlertSinkName.literals

/** Fails with a sentence that names the sink or the setting, and repeats no secret. */
export const readSinks = (settings: SinkSettings) =>
  Result.gen(function*() {
    const words = settings.ALERT_SINKS.split(",").map((word) => word.trim()).filter((word) => word !== "")
    if (words.length === 0) return yield* Result.fail("ALERT_SINKS names no sink. log is the simplest one.")
    const names = yield* Result.all(Array.dedupe(words).map(sinkName))
    return yield* Result.all(names.map((name) => readSink(name, settings)))
  })

const sinkName = (word: string): Result.Result<AlertSinkName, string> => {
  const name = AlertSinkName.literals.find((each) => each === word)
  if (name !== undefined) return Result.succeed(name)
  const nearest = nearestName(word.toLowerCase(), known, 3)
  return Result.fail(
    `ALERT_SINKS contains ${quoted(word)}, which is not a sink. `
      + (nearest === undefined ? `The sinks are ${known.join(", ")}.` : `Did you mean ${nearest}?`)
  )
}

const readSink = (name: AlertSinkName, settings: SinkSettings) =>
  Result.gen(function*() {
    /** A setting that this sink cannot do without. */
    const needed = <N extends keyof SinkSettings>(setting: N): Result.Result<NonNullable<SinkSettings[N]>, string> =>
      Result.fromNullishOr(settings[setting], () => `ALERT_SINKS names ${name}, which requires the setting ${setting}.`)
    switch (name) {
      case "log":
        return { name }
      case "webhook":
        return {
          name,
          url: yield* needed("ALERT_WEBHOOK_URL"),
          secret: yield* checkSigningSecret(yield* needed("ALERT_WEBHOOK_SECRET"))
        }
      case "slack":
        return { name, url: yield* needed("ALERT_SLACK_URL") }
      case "pagerduty":
        return {
          name,
          url: settings.ALERT_PAGERDUTY_URL,
          routingKey: yield* checkRoutingKey(yield* needed("ALERT_PAGERDUTY_ROUTING_KEY"))
        }
      case "email": {
        const tls = settings.ALERT_EMAIL_TLS
        return {
          name,
          server: yield* mailServer(yield* needed("ALERT_EMAIL_SERVER"), tls),
          from: yield* needed("ALERT_EMAIL_FROM"),
          to: (yield* needed("ALERT_EMAIL_TO")).split(",").map((address) => address.trim()),
          tls
        }
      }
      case "alertmanager":
        return { name, url: yield* needed("ALERT_ALERTMANAGER_URL"), token: settings.ALERT_ALERTMANAGER_TOKEN }
    }
  })

const checkSigningSecret = (secret: Redacted.Redacted) => {
  const [, key = ""] = /^whsec_([A-Za-z0-9+/]+={0,2})$/u.exec(Redacted.value(secret)) ?? []
  return Buffer.from(key, "base64").length >= 24
    ? Result.succeed(secret)
    : Result.fail("ALERT_WEBHOOK_SECRET must be whsec_ followed by at least 24 bytes in base64.")
}

const checkRoutingKey = (key: Redacted.Redacted) =>
  /^\w{32}$/u.test(Redacted.value(key))
    ? Result.succeed(key)
    : Result.fail("ALERT_PAGERDUTY_ROUTING_KEY must have 32 letters and digits.")

const mailServer = (server: Redacted.Redacted, tls: SinkSettings["ALERT_EMAIL_TLS"]) => {
  const url = URL.parse(Redacted.value(server))
  if (url === null || !/^smtps?:$/u.test(url.protocol) || url.hostname === "") {
    return Result.fail(
      "ALERT_EMAIL_SERVER must be an address such as smtps://user:password@smtp.example.com:465."
    )
  }
  return tls === "optional" && url.protocol === "smtp:" && url.password !== ""
    ? Result.fail(
      "ALERT_EMAIL_TLS may not be optional if ALERT_EMAIL_SERVER has a password, which could be sent in plain text."
    )
    : Result.succeed(Redacted.make(url))
}
