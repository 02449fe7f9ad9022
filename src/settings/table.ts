/**
 * Every setting once. The readers, the list of known names, `.env.example`, `docs/settings.md` and the CLI's defaults are
 * derived from this table.
 */
import { Config, Option, Record } from "effect"
import { type Bound, bounds } from "../policy/bounds.ts"
import { byDefault, type Setting, setting, whole } from "./Setting.ts"
import { embeddings, mocks, parser, retention, webhooks, worker } from "./table/pipeline.ts"
import { api, metrics, monitor, place, telemetry } from "./table/serving.ts"
import { alerts, sinks } from "./table/sinks.ts"
import { storage } from "./table/storage.ts"

const table = {
  ...place,
  ...api,
  ...monitor,
  ...alerts,
  ...sinks,
  ...storage,
  ...parser,
  ...webhooks,
  ...embeddings,
  ...worker,
  ...retention,
  ...mocks,
  ...metrics,
  ...telemetry
}

export type SettingName = keyof typeof table

/** The type of a variable's value when set, and its default. */
type Given = { readonly [N in SettingName]: (typeof table)[N] extends Setting<infer A, infer _> ? A : never }
type Default = { readonly [N in SettingName]: (typeof table)[N] extends Setting<infer _, infer B> ? B : never }

const settings: { readonly [N in SettingName]: Setting<Given[N], Default[N]> } = table

const limit = ({ byDefault: value, most, what }: Bound): Setting<number> =>
  setting(["api"], whole(1, most), byDefault(value), what)

export interface Section {
  readonly title: string
  readonly intro?: string
  readonly settings: Readonly<Record<string, Setting<unknown>>>
}

export const sections: ReadonlyArray<Section> = [
  { title: "Environment", settings: place },
  { title: "API", settings: api },
  { title: "Dashboard", settings: monitor },
  { title: "Alerts", settings: alerts },
  { title: "Alert sinks", settings: sinks },
  { title: "Database and storage", settings: storage },
  { title: "Parser", settings: parser },
  { title: "Callbacks and webhooks", settings: webhooks },
  { title: "Chunks and embeddings", settings: embeddings },
  { title: "Worker", settings: worker },
  { title: "Retention", settings: retention },
  { title: "Mock providers", settings: mocks },
  {
    title: "Limits",
    intro: "Limits per user and in total; see docs/limits.md. Concurrency and rates are counted in each process.",
    settings: Record.fromEntries(Object.values(bounds).map((bound) => [bound.setting, limit(bound)]))
  },
  { title: "Metrics", settings: metrics },
  { title: "Logs and traces", settings: telemetry }
]

export const settingNames: ReadonlyArray<string> = sections.flatMap(({ settings }) => Object.keys(settings))

/** Those that both the API and the workers read. */
export const sharedSettings: ReadonlySet<string> = new Set(
  sections.flatMap(({ settings }) =>
    Object.entries(settings).flatMap(([name, { readBy }]) =>
      readBy.includes("all") || (readBy.includes("api") && readBy.includes("worker")) ? [name] : []
    )
  )
)

/** Those whose values are never shown. */
export const secretSettings: ReadonlyArray<string> = sections.flatMap(({ settings }) =>
  Object.entries(settings).flatMap(([name, { secret }]) => secret ? [name] : [])
)

export type Environment = Given["ACCESSA_ENV"]

const withFallback = <A, B>(
  name: string,
  { config, elsewhere, local }: Setting<A, B>,
  environment: Environment
): Config.Config<A | B> =>
  Option.match(environment === "local" ? local : elsewhere, {
    onNone: () => config(name),
    onSome: (value) => Config.withDefault(config(name), value)
  })

/** A setting without a default in this environment must be set. */
export const read = <N extends SettingName>(name: N, environment: Environment): Config.Config<Given[N] | Default[N]> =>
  withFallback(name, settings[name], environment)

/** A setting that another setting requires. */
export const required = <N extends SettingName>(name: N): Config.Config<Given[N]> => settings[name].config(name)

export const readBounds = (environment: Environment) =>
  Config.all(Record.map(bounds, (bound) => withFallback(bound.setting, limit(bound), environment)))

/** The port setting that an address falls back to, on this machine. */
const servers = {
  DASHBOARD_URL: { port: "MONITOR_PORT", path: "/" },
  API_URL: { port: "API_PORT", path: "/" },
  ACCESSA_URL: { port: "API_PORT", path: "/" },
  PUBLIC_URL: { port: "API_PORT", path: "/" },
  LLAMAPARSE_API_URL: { port: "MOCK_LLAMAPARSE_PORT", path: "/" },
  OPENAI_API_URL: { port: "MOCK_OPENAI_PORT", path: "/v1" }
} as const

export type AddressName = keyof typeof servers

const onThisMachine = (port: number, path = "/") => new URL(path, `http://127.0.0.1:${port}`)

export const addressOf = (name: AddressName, environment: Environment): Config.Config<URL> => {
  const { path, port } = servers[name]
  return Config.all({ given: read(name, environment), number: read(port, environment) }).pipe(
    Config.map(({ given, number }) => given ?? onThisMachine(number, path))
  )
}

/** The default local address, for help texts. */
export const usualAddress = (name: AddressName): string =>
  onThisMachine(Option.getOrThrow(settings[servers[name].port].local)).origin

/** Where every process writes its log files. */
export const logFolder = (dataDir: string): string => `${dataDir}/logs`

/** Where a local stack keeps the key that it creates on its first start. */
export const localKeyFile = (dataDir: string): string => `${dataDir}/local-key`
