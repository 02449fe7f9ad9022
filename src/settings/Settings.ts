/**
 * Every setting of the environment, in one schema, read once at the start. A value that does not fit stops the start and
 * names the variable; so does a name that nobody reads but that is one slip away from one that somebody does.
 */
import { Config, Context, Duration, Effect, Layer, Option, Record, Redacted, Result, Schema } from "effect"
import { ChunkerId } from "../domain/Chunk.ts"
import { parseNetworks, type TrustedProxies } from "../domain/TrustedProxies.ts"
import { dimensions } from "../domain/Vector.ts"
import { bounds } from "../policy/bounds.ts"
import { namesPresent, refuseMisspelled, refuseWrapped } from "./settingNames.ts"
import { WrongSetting, wrongSetting } from "./WrongSetting.ts"

/** Both stand in for a paid account and are good for the mocks alone. */
const mockKey = Redacted.make("local-mock-key")

const seconds = (name: string, byDefault: number) =>
  Config.schema(Schema.FiniteFromString.check(Schema.isBetween({ minimum: 0, maximum: 86_400 })), name).pipe(
    Config.withDefault(byDefault)
  )
const rate = (name: string) =>
  Config.schema(Schema.FiniteFromString.check(Schema.isBetween({ minimum: 0, maximum: 1 })), name).pipe(
    Config.withDefault(0)
  )
const integer = (name: string, maximum: number) =>
  Config.schema(Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum })), name)
const count = (name: string, byDefault: number, maximum: number) =>
  integer(name, maximum).pipe(Config.withDefault(byDefault))
/** 0: for ever. */
const daysKept = (name: string, byDefault: number) =>
  Config.schema(Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 0, maximum: 36_500 })), name)
    .pipe(
      Config.withDefault(byDefault),
      Config.map((days) => days === 0 ? undefined : Duration.days(days))
    )
const port = (name: string, byDefault: number) => Config.Port(name).pipe(Config.withDefault(byDefault))
const optional = <A>(config: Config.Config<A>) => Config.option(config).pipe(Config.map(Option.getOrUndefined))

const environment = Config.Literals(["local", "staging", "production"], "ACCESSA_ENV").pipe(
  Config.withDefault("local" as const)
)
const ports = Config.all({
  api: port("API_PORT", 8000),
  mockLlamaParse: port("MOCK_LLAMAPARSE_PORT", 8001),
  mockOpenAI: port("MOCK_OPENAI_PORT", 8002),
  workerHealth: port("WORKER_HEALTH_PORT", 8003)
})

/** A Supabase project's auth service calls itself so. */
const issuerOf = (project: URL): string => `${project.href.replace(/\/$/, "")}/auth/v1`

const splitSecrets = (list: Redacted.Redacted): ReadonlyArray<Redacted.Redacted> =>
  Redacted.value(list).split(",").map((secret) => Redacted.make(secret.trim()))

/** A value that is fine on a laptop and opens a door anywhere else. */
export class UnsafeSetting extends Schema.TaggedError<UnsafeSetting>()("UnsafeSetting", {
  message: Schema.String
}) {}

const read = Effect.gen(function*() {
  const env = yield* environment
  const listen = yield* ports
  const local = env === "local"
  const loopback = (number: number) => new URL(`http://127.0.0.1:${number}`)
  const key = (name: string) => local ? Config.Redacted(name).pipe(Config.withDefault(mockKey)) : Config.Redacted(name)
  const storage = yield* Config.Literals(["filesystem", "supabase"], "STORAGE").pipe(
    Config.withDefault("filesystem" as const)
  )
  const settings = yield* Config.all({
    host: Config.String("API_HOST").pipe(Config.withDefault("127.0.0.1")),
    dataDir: Config.NonEmptyString("ACCESSA_DATA_DIR").pipe(Config.withDefault(".accessa")),
    /** Absent: the embedded database in the data directory. */
    databaseUrl: local ? optional(Config.Redacted("DATABASE_URL")) : Config.Redacted("DATABASE_URL"),
    databaseConnections: count("DATABASE_CONNECTIONS", 8, 200),
    publicUrl: Config.URL("PUBLIC_URL").pipe(Config.withDefault(loopback(listen.api))),
    maxUploadMb: count("MAX_UPLOAD_MB", 500, 100_000),
    bounds: Config.all(Record.map(bounds, ({ byDefault, most, setting }) => count(setting, byDefault, most))),
    chunker: Config.schema(ChunkerId, "CHUNKER").pipe(Config.withDefault("markdown-structure@1" as const)),
    parser: Config.Literals(["llamaparse", "local"], "PARSER").pipe(Config.withDefault("llamaparse" as const)),
    llamaparse: Config.all({
      url: Config.URL("LLAMAPARSE_API_URL").pipe(
        Config.withDefault(local ? loopback(listen.mockLlamaParse) : new URL("https://api.cloud.llamaindex.ai"))
      ),
      apiKey: key("LLAMAPARSE_API_KEY"),
      tier: Config.Literals(["cost_effective", "agentic", "agentic_plus"], "LLAMAPARSE_TIER").pipe(
        Config.withDefault("cost_effective" as const)
      ),
      version: Config.NonEmptyString("LLAMAPARSE_VERSION").pipe(Config.withDefault("latest"))
    }),
    /** What checks Supabase's tokens; with neither, only API keys open the door. */
    supabaseTokens: Config.all({
      secret: optional(Config.Redacted("SUPABASE_JWT_SECRET")),
      jwksUrl: optional(Config.URL("SUPABASE_JWKS_URL")),
      issuer: Config.all([
        optional(Config.NonEmptyString("SUPABASE_JWT_ISSUER")),
        optional(Config.URL("SUPABASE_URL"))
      ]).pipe(Config.map(([issuer, url]) => issuer ?? (url === undefined ? undefined : issuerOf(url)))),
      allowAnonymous: Config.Boolean("SUPABASE_ALLOW_ANONYMOUS").pipe(Config.withDefault(false))
    }),
    /** US dollars in a calendar month, for users who have no budget of their own; absent: no limit. */
    defaultBudgetUsd: optional(
      Config.schema(
        Schema.FiniteFromString.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000_000 })),
        "DEFAULT_USER_BUDGET_USD"
      )
    ),
    /** Whose forwarding header is believed; the addresses are read below. */
    trustedProxies: Config.String("TRUSTED_PROXIES").pipe(Config.withDefault("")),
    trustedProxyHeader: Config.Literals(["x-forwarded-for", "forwarded"], "TRUSTED_PROXY_HEADER").pipe(
      Config.withDefault("x-forwarded-for" as const)
    ),
    /** Of the parser's callbacks: the first signs, all verify. */
    webhookSecrets: key("WEBHOOK_SECRETS").pipe(Config.map(splitSecrets)),
    /** Webhooks may go to this machine and its private networks. */
    egressAllowPrivate: Config.Boolean("EGRESS_ALLOW_PRIVATE").pipe(Config.withDefault(false)),
    openai: Config.all({
      url: Config.URL("OPENAI_API_URL").pipe(
        Config.withDefault(local ? new URL("/v1", loopback(listen.mockOpenAI)) : new URL("https://api.openai.com/v1"))
      ),
      apiKey: key("OPENAI_API_KEY"),
      model: Config.all({
        model: Config.NonEmptyString("EMBED_MODEL").pipe(Config.withDefault("text-embedding-3-small")),
        version: Config.NonEmptyString("EMBED_VERSION").pipe(Config.withDefault("1")),
        dimensions: Config.succeed(dimensions)
      })
    }),
    worker: Config.all({
      concurrency: count("WORKER_CONCURRENCY", 32, 1_000),
      leaseSeconds: seconds("WORKER_LEASE_SECONDS", 30),
      heartbeatSeconds: seconds("WORKER_HEARTBEAT_SECONDS", 10),
      /** How long a job waits for a service that is out before it fails. */
      outageHours: count("OUTAGE_HOURS", 24, 8_760)
    }),
    /** How long the worker keeps what nothing needs any more. */
    kept: Config.all({
      history: daysKept("KEEP_HISTORY_DAYS", 365),
      spending: daysKept("KEEP_SPENDING_DAYS", 400),
      alerts: daysKept("KEEP_ALERTS_DAYS", 90),
      keys: daysKept("KEEP_KEYS_DAYS", 365)
    }),
    mockLlamaParse: Config.all({
      delaySeconds: seconds("MOCK_LLAMAPARSE_DELAY", 2),
      failureRate: rate("MOCK_LLAMAPARSE_FAILURE_RATE"),
      content: Config.Literals(["document", "synthetic"], "MOCK_LLAMAPARSE_CONTENT").pipe(
        Config.withDefault("document" as const)
      )
    }),
    mockOpenAI: Config.all({
      delaySeconds: seconds("MOCK_OPENAI_DELAY", 0),
      failureRate: rate("MOCK_OPENAI_FAILURE_RATE"),
      /** Requests a minute; absent: no limit. */
      rateLimit: optional(integer("MOCK_OPENAI_RATE_LIMIT", 1_000_000)),
      vectors: Config.Literals(["lexical", "random"], "MOCK_OPENAI_VECTORS").pipe(
        Config.withDefault("lexical" as const)
      )
    }),
    /** A scenario file for the mocks. */
    mockScenario: optional(Config.NonEmptyString("MOCK_SCENARIO")),
    /** OTLP over HTTP; absent: no traces leave the process. */
    otlpUrl: optional(Config.URL("OTEL_EXPORTER_OTLP_ENDPOINT")),
    serviceName: optional(Config.NonEmptyString("OTEL_SERVICE_NAME")),
    logLevel: Config.LogLevel("LOG_LEVEL").pipe(Config.withDefault("Info" as const)),
    logFormat: Config.Literals(["pretty", "json"], "LOG_FORMAT").pipe(
      Config.withDefault(local ? "pretty" as const : "json" as const)
    )
  })
  if (!local && settings.egressAllowPrivate) {
    return yield* new UnsafeSetting({ message: "EGRESS_ALLOW_PRIVATE may be true only where ACCESSA_ENV is local." })
  }
  const { secret } = settings.supabaseTokens
  if (secret !== undefined && Redacted.value(secret).length < 32) {
    return yield* new UnsafeSetting({ message: "SUPABASE_JWT_SECRET needs 32 characters or more." })
  }
  const given = { LLAMAPARSE_API_KEY: settings.llamaparse.apiKey, OPENAI_API_KEY: settings.openai.apiKey }
  for (const [name, value] of Object.entries(given)) {
    if (!local && Redacted.value(value) === Redacted.value(mockKey)) {
      return yield* new UnsafeSetting({
        message: `${name} is the mock's key, which is good where ACCESSA_ENV is local.`
      })
    }
  }
  if (!local && !settings.webhookSecrets.every((secret) => Redacted.value(secret).length >= 32)) {
    return yield* new UnsafeSetting({ message: "Each secret of WEBHOOK_SECRETS needs 32 characters or more." })
  }
  const supabase = storage === "filesystem" ? undefined : yield* Config.all({
    url: Config.URL("SUPABASE_URL"),
    serviceRoleKey: Config.Redacted("SUPABASE_SERVICE_ROLE_KEY")
  })
  const { trustedProxies, trustedProxyHeader, ...others } = settings
  const networks = parseNetworks(trustedProxies)
  if (Result.isFailure(networks)) {
    return yield* new WrongSetting({
      message: `Entry ${networks.failure} of TRUSTED_PROXIES is no address or network of proxies. They are `
        + "separated by commas, such as 10.0.0.7, 192.168.4.0/24, fd00::/8, and never everybody (/0)."
    })
  }
  const proxies: TrustedProxies = { networks: networks.success, header: trustedProxyHeader }
  return { ...others, env, ports: listen, supabase, trustedProxies: proxies }
})

type SettingsShape = Effect.Success<typeof read>

export class Settings extends Context.Service<Settings, SettingsShape>()("accessa/Settings") {
  static readonly layer = Layer.effect(
    Settings,
    Effect.gen(function*() {
      yield* refuseMisspelled
      yield* refuseWrapped
      return Settings.of(
        yield* Effect.catchTag(
          read,
          "ConfigError",
          (error) => Effect.flatMap(namesPresent, (present) => wrongSetting(error, present))
        )
      )
    })
  )
}
