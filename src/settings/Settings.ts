/**
 * The servers' settings, read once at startup. An invalid value, or a name that looks like a misspelled setting, stops the
 * process with a message that names the variable.
 */
import { Context, Effect, Layer, Result } from "effect"
import { parseNetworks, type TrustedProxies } from "../domain/TrustedProxies.ts"
import { readEscalation } from "./alertEscalation.ts"
import { readAlertRules } from "./alertRules.ts"
import { readSinks } from "./alertSinks.ts"
import { namesPresent, refuseMisspelled, refuseWrapped } from "./environment.ts"
import { readStorage } from "./readStorage.ts"
import { readValues } from "./readValues.ts"
import { refuseContradictions } from "./refuseContradictions.ts"
import { read } from "./table.ts"
import { WrongSetting, wrongSetting } from "./WrongSetting.ts"

const readAll = Effect.gen(function*() {
  const env = yield* read("ACCESSA_ENV", "local")
  const settings = yield* readValues(env)
  yield* refuseContradictions(settings, env)
  const { alertEscalation, alertRules, trustedProxies, trustedProxyHeader, ...others } = settings
  const rules = readAlertRules(alertRules)
  if (Result.isFailure(rules)) {
    return yield* new WrongSetting({ message: `The setting ALERT_RULES is invalid: ${rules.failure}` })
  }
  const alertSinks = readSinks(settings.sinkSettings)
  if (Result.isFailure(alertSinks)) return yield* new WrongSetting({ message: alertSinks.failure })
  const escalation = readEscalation(alertEscalation, alertSinks.success.map(({ name }) => name))
  if (Result.isFailure(escalation)) {
    return yield* new WrongSetting({ message: `The setting ALERT_ESCALATION is invalid: ${escalation.failure}` })
  }
  const networks = parseNetworks(trustedProxies)
  if (Result.isFailure(networks)) {
    return yield* new WrongSetting({
      message: `Entry ${networks.failure} of TRUSTED_PROXIES is not a valid address or network. `
        + "Separate entries by commas, such as 10.0.0.7, 192.168.4.0/24, fd00::/8; a network of all addresses (/0) is not allowed."
    })
  }
  const proxies: TrustedProxies = { networks: networks.success, header: trustedProxyHeader }
  return {
    ...others,
    alertRules: rules.success,
    alertSinks: alertSinks.success,
    alertEscalation: escalation.success,
    env,
    storage: yield* readStorage(env),
    trustedProxies: proxies
  }
})

type SettingsShape = Effect.Success<typeof readAll>

export class Settings extends Context.Service<Settings, SettingsShape>()("accessa/Settings") {
  static readonly layer = Layer.effect(
    Settings,
    Effect.gen(function*() {
      yield* refuseMisspelled
      yield* refuseWrapped
      return Settings.of(
        yield* Effect.catchTag(
          readAll,
          "ConfigError",
          (error) => Effect.flatMap(namesPresent, (present) => wrongSetting(error, present))
        )
      )
    })
  )
}
