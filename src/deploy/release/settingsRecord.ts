/**
 * The settings of the version that was last promoted, kept on the platform beside the settings themselves: no other place
 * learns a secret.
 */
import { Effect, Equal, Option, Redacted, Schema } from "effect"
import { DeployPlatform, PlatformFailed, type ServiceSettings } from "../../../services/DeployPlatform.ts"

/** Read by no process of ours. */
const recordName = "DEPLOY_RECORD"

const Kept = Schema.fromJsonString(Schema.Record(Schema.String, Schema.String))

export const settingNames = (settings: ServiceSettings): ReadonlyArray<string> =>
  Object.keys(settings).filter((name) => name !== recordName).toSorted()

/** Over an earlier record. */
export const keepSettings = Effect.fn("release.keepSettings")(function*(service: string) {
  const platform = yield* DeployPlatform
  const settings = yield* platform.settings(service)
  const values = Object.entries(settings).filter(([name]) => name !== recordName).map(([name, value]) =>
    [name, Redacted.value(value)] as const
  )
  // Strings by name always encode.
  const json = yield* Effect.orDie(Schema.encodeEffect(Kept)(Object.fromEntries(values)))
  const text = Redacted.make(Buffer.from(json).toString("base64"))
  if (Equal.equals(Option.some(text), Option.fromUndefinedOr(settings[recordName]))) return
  yield* platform.changeSettings(service, { [recordName]: Option.some(text) })
})

/** Of a service that has no record yet. */
export const keepFirstSettings = Effect.fn("release.keepFirstSettings")(function*(service: string) {
  const platform = yield* DeployPlatform
  if ((yield* platform.settings(service))[recordName] === undefined) yield* keepSettings(service)
})

/** Returns the names of what it changed back; none of them without a record. */
export const restoreSettings = Effect.fn("release.restoreSettings")(function*(service: string) {
  const platform = yield* DeployPlatform
  const settings = yield* platform.settings(service)
  const record = settings[recordName]
  if (record === undefined) return []
  const kept = yield* Effect.mapError(
    Schema.decodeEffect(Kept)(Buffer.from(Redacted.value(record), "base64").toString()),
    () => new PlatformFailed({ message: `${recordName} of ${service} cannot be read.`, retryable: false })
  )
  const changed = Object.keys({ ...kept, ...settings }).filter((name) =>
    name !== recordName && kept[name] !== valueOf(settings, name)
  )
  if (changed.length === 0) return []
  yield* platform.changeSettings(
    service,
    Object.fromEntries(
      changed.map((name) => [name, Option.map(Option.fromUndefinedOr(kept[name]), (value) => Redacted.make(value))])
    )
  )
  return changed.toSorted()
})

const valueOf = (settings: ServiceSettings, name: string): string | undefined => {
  const value = settings[name]
  return value === undefined ? undefined : Redacted.value(value)
}
