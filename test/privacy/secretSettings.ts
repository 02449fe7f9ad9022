/** Reads from the settings themselves which of them are secrets, so that a new one is tested without being listed here. */
import { ConfigProvider, Effect, Layer, Redacted } from "effect"
import { Settings } from "../../src/settings/Settings.ts"
import { settingNames } from "../../src/settings/table.ts"
import { Canary } from "./Canary.ts"

/** Enables features that read further settings. */
const enough = {
  ACCESSA_ENV: "local",
  STORAGE: "supabase",
  SUPABASE_URL: "http://127.0.0.1:1",
  SUPABASE_SERVICE_ROLE_KEY: "x"
}

export const readSettings = (env: Readonly<Record<string, string>>) =>
  Effect.gen(function*() {
    return yield* Settings
  }).pipe(
    Effect.provide(
      Settings.layer.pipe(Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: { ...enough, ...env } }))))
    )
  )

/** Every value in it, however deep. */
const leaves = (value: unknown): ReadonlyArray<unknown> =>
  typeof value !== "object" || value === null || Redacted.isRedacted(value) || value instanceof URL
    ? [value]
    : Object.values(value).flatMap(leaves)

const holdersOf = (name: string, value: string) =>
  readSettings({ [name]: value }).pipe(
    Effect.map((settings) =>
      leaves(settings).filter((leaf) => String(Redacted.isRedacted(leaf) ? Redacted.value(leaf) : leaf).includes(value))
    ),
    // An invalid value is not a secret.
    Effect.orElseSucceed((): ReadonlyArray<unknown> => [])
  )

const namesWhere = (shape: string, isSo: (leaf: unknown) => boolean): ReadonlyArray<string> =>
  Effect.runSync(
    Effect.filter(settingNames, (name) => Effect.map(holdersOf(name, shape), (found) => found.some(isSo)))
  )

const secret = new Canary("a setting")

export const secretSettings = namesWhere(secret.value, Redacted.isRedacted)
export const addressSettings = namesWhere("http://127.0.0.1:9/some", (leaf) => leaf instanceof URL)
