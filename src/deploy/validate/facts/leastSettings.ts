/** Whether this release reads its settings if only the required ones are set, with made-up values. */
import { ConfigProvider, Effect, Layer } from "effect"
import { Settings } from "../../../settings/Settings.ts"
import type { Expectations } from "../Expectations.ts"

export const readLeastSettings = (
  { embeddings, environment, parser, runsAs = environment, settings, storage }: Expectations
) => {
  const known: Readonly<Record<string, string>> = {
    ACCESSA_ENV: runsAs,
    STORAGE: storage.kind,
    PARSER: parser.kind,
    EMBED_MODEL: embeddings.model,
    EMBED_VERSION: embeddings.version,
    DATABASE_URL: "postgres://database.invalid:5432/accessa"
  }
  const valueOf = (name: string) =>
    known[name] ??
      (name.endsWith("_URL") ? "https://host.invalid" : settings.secrets.includes(name) ? "x".repeat(40) : "1")
  const env = Object.fromEntries([...settings.secrets, ...settings.required].map((name) => [name, valueOf(name)]))
  return Effect.scoped(Layer.build(Settings.layer)).pipe(
    Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))),
    Effect.match({ onFailure: ({ message }) => [message], onSuccess: () => [] })
  )
}
