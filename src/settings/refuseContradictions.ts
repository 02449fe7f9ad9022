/** Refuses settings that contradict each other, and values that are unsafe where other people use the service. */
import { type Config, Duration, Effect, Redacted, Schema } from "effect"
import { contradiction } from "../policy/leases.ts"
import { callbacksKeptAtLeast } from "../policy/retention.ts"
import type { readValues } from "./readValues.ts"
import type { Environment } from "./table.ts"
import { mockKey } from "./table/pipeline.ts"
import { WrongSetting } from "./WrongSetting.ts"

/** A value that is fine on a laptop but unsafe elsewhere. */
class UnsafeSetting extends Schema.TaggedError<UnsafeSetting>()("UnsafeSetting", {
  message: Schema.String
}) {}

type Values = Config.Success<ReturnType<typeof readValues>>

export const refuseContradictions = Effect.fnUntraced(function*(settings: Values, env: Environment) {
  if (env !== "local" && settings.egressAllowPrivate) {
    return yield* new UnsafeSetting({ message: "EGRESS_ALLOW_PRIVATE may be true only if ACCESSA_ENV is local." })
  }
  const { secret } = settings.supabaseTokens
  if (secret !== undefined && Redacted.value(secret).length < 32) {
    return yield* new UnsafeSetting({ message: "SUPABASE_JWT_SECRET must have at least 32 characters." })
  }
  const { token } = settings.metrics
  if (token !== undefined && !/^\S{16,}$/.test(Redacted.value(token))) {
    return yield* new UnsafeSetting({
      message: "METRICS_TOKEN must have at least 16 characters, none of them a space."
    })
  }
  const given = { LLAMAPARSE_API_KEY: settings.llamaparse.apiKey, OPENAI_API_KEY: settings.openai.apiKey }
  for (const [name, value] of Object.entries(given)) {
    if (env !== "local" && Redacted.value(value) === Redacted.value(mockKey)) {
      return yield* new UnsafeSetting({
        message: `${name} is the mock's key, which is accepted only if ACCESSA_ENV is local.`
      })
    }
  }
  if (env !== "local" && !settings.linkSecrets.every((secret) => Redacted.value(secret).length >= 32)) {
    return yield* new UnsafeSetting({ message: "Each secret in WEBHOOK_SECRETS must have at least 32 characters." })
  }
  const { callbacks } = settings.kept
  if (callbacks !== undefined && Duration.isLessThan(callbacks, callbacksKeptAtLeast)) {
    return yield* new WrongSetting({
      message: `KEEP_CALLBACKS_DAYS must be 0 or at least ${Duration.toDays(callbacksKeptAtLeast)}: `
        + "a repeated callback is recognized only while the first one is kept."
    })
  }
  const { heartbeatSeconds, leaseSeconds } = settings.worker
  const wrongLease = contradiction(leaseSeconds, heartbeatSeconds)
  if (wrongLease !== undefined) return yield* new WrongSetting({ message: wrongLease })
})
