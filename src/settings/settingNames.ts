/** The names of all settings, and what the environment may not hold beside or around them. */
import { ConfigProvider, Effect, Schema } from "effect"
import { bounds } from "../policy/bounds.ts"
import { nearestName } from "./nearestName.ts"
import { WrongSetting } from "./WrongSetting.ts"

/** All that `src/settings/Settings.ts` reads. */
export const settingNames: ReadonlyArray<string> = [
  "ACCESSA_API_KEY",
  "ACCESSA_ENV",
  "ACCESSA_DATA_DIR",
  "ACCESSA_URL",
  "API_HOST",
  "API_PORT",
  "CHUNKER",
  "DATABASE_URL",
  "DATABASE_CONNECTIONS",
  "DEFAULT_USER_BUDGET_USD",
  "EGRESS_ALLOW_PRIVATE",
  "EMBED_MODEL",
  "EMBED_VERSION",
  "KEEP_ALERTS_DAYS",
  "KEEP_HISTORY_DAYS",
  "KEEP_KEYS_DAYS",
  "KEEP_SPENDING_DAYS",
  "LLAMAPARSE_API_URL",
  "LLAMAPARSE_API_KEY",
  "LLAMAPARSE_TIER",
  "LLAMAPARSE_VERSION",
  "LOG_FORMAT",
  "LOG_LEVEL",
  "MAX_UPLOAD_MB",
  "MOCK_LLAMAPARSE_CONTENT",
  "MOCK_LLAMAPARSE_DELAY",
  "MOCK_LLAMAPARSE_FAILURE_RATE",
  "MOCK_LLAMAPARSE_PORT",
  "MOCK_OPENAI_DELAY",
  "MOCK_OPENAI_FAILURE_RATE",
  "MOCK_OPENAI_PORT",
  "MOCK_OPENAI_RATE_LIMIT",
  "MOCK_OPENAI_VECTORS",
  "MOCK_SCENARIO",
  "OPENAI_API_URL",
  "OPENAI_API_KEY",
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_SERVICE_NAME",
  "OUTAGE_HOURS",
  "PARSER",
  "PUBLIC_URL",
  "STORAGE",
  "SUPABASE_ALLOW_ANONYMOUS",
  "SUPABASE_JWKS_URL",
  "SUPABASE_JWT_ISSUER",
  "SUPABASE_JWT_SECRET",
  "SUPABASE_URL",
  "SUPABASE_SERVICE_ROLE_KEY",
  "TRUSTED_PROXIES",
  "TRUSTED_PROXY_HEADER",
  "WEBHOOK_SECRETS",
  "WORKER_CONCURRENCY",
  "WORKER_HEALTH_PORT",
  "WORKER_HEARTBEAT_SECONDS",
  "WORKER_LEASE_SECONDS",
  ...Object.values(bounds).map(({ setting }) => setting)
]

/** A provider knows names by their parts alone: every name that has a value, put together again. */
const namesUnder = (path: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<string>, ConfigProvider.SourceError> =>
  Effect.gen(function*() {
    const provider = yield* ConfigProvider.ConfigProvider
    const node = yield* provider.load(path)
    if (node === undefined) return []
    const own = node.value === undefined ? [] : [path.join("_")]
    if (node._tag !== "Record") return own
    const below = yield* Effect.forEach(node.keys, (key) => namesUnder([...path, key]))
    return [...own, ...below.flat()]
  })

/** Every name that the environment sets. */
export const namesPresent = namesUnder([])

/** A variable that looks like a setting and is none, and the setting that was probably meant. */
export class MisspelledSetting extends Schema.TaggedError<MisspelledSetting>()("MisspelledSetting", {
  name: Schema.String,
  meant: Schema.String
}) {
  override get message() {
    return `The environment sets ${this.name}, which nothing reads. Did you mean ${this.meant}?`
  }
}

export const refuseMisspelled = Effect.gen(function*() {
  const present = yield* namesPresent
  for (const name of present) {
    const meant = settingNames.includes(name) ? undefined : nearestName(name, settingNames)
    if (meant !== undefined && !present.includes(meant)) return yield* new MisspelledSetting({ name, meant })
  }
})

/** What an env file or a shell wraps around a value reaches us as part of it, and makes a key another key. */
export const refuseWrapped = Effect.gen(function*() {
  const provider = yield* ConfigProvider.ConfigProvider
  for (const name of settingNames) {
    const value = (yield* provider.load(name.split("_")))?.value
    if (value === undefined || (value === value.trim() && !/^(?:".*"|'.*')$/s.test(value))) continue
    const message =
      `${name} begins or ends with a quote, a space or a line break, which counts as a part of it. Leave it out.`
    return yield* new WrongSetting({ message })
  }
})
