/**
 * The servers' settings, read once at startup. An invalid value, or a name that looks like a misspelled setting, stops the
 * process with a message that names the variable.
 */
import { Config, Context, Duration, Effect, Layer, Redacted, Result, Schema } from "effect"
import { parseNetworks, type TrustedProxies } from "../domain/TrustedProxies.ts"
import { dimensions } from "../domain/Vector.ts"
import { contradiction } from "../policy/leases.ts"
import { callbacksKeptAtLeast } from "../policy/retention.ts"
import { readEscalation } from "./alertEscalation.ts"
import { readAlertRules } from "./alertRules.ts"
import { readSinks } from "./alertSinks.ts"
import { namesPresent, refuseMisspelled, refuseWrapped } from "./environment.ts"
import { readStorage } from "./readStorage.ts"
import { addressOf, read, readBounds, type SettingName } from "./table.ts"
import { mockKey } from "./table/pipeline.ts"
import { version } from "./version.ts"
import { WrongSetting, wrongSetting } from "./WrongSetting.ts"

/** The issuer name of a Supabase project's auth service. */
const issuerOf = (project: URL): string => `${project.href.replace(/\/$/, "")}/auth/v1`

const splitSecrets = (list: Redacted.Redacted): ReadonlyArray<Redacted.Redacted> =>
  Redacted.value(list).split(",").map((secret) => Redacted.make(secret.trim()))

/** `name=value`, separated by commas; values are percent-encoded. */
const splitHeaders = (list: Redacted.Redacted | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (list === undefined ? "" : Redacted.value(list)).split(",").filter((entry) => entry.includes("=")).map((entry) => {
      const [name = "", ...value] = entry.split("=")
      return [name.trim(), decodeURIComponent(value.join("=").trim())]
    })
  )

/** A value that is fine on a laptop but unsafe elsewhere. */
export class UnsafeSetting extends Schema.TaggedError<UnsafeSetting>()("UnsafeSetting", {
  message: Schema.String
}) {}

/** 0: forever. */
const kept = (days: number) => days === 0 ? undefined : Duration.days(days)

const readAll = Effect.gen(function*() {
  const env = yield* read("ACCESSA_ENV", "local")
  const local = env === "local"
  const from = <N extends SettingName>(name: N) => read(name, env)
  const settings = yield* Config.all({
    ports: Config.all({
      api: from("API_PORT"),
      monitor: from("MONITOR_PORT"),
      mockLlamaParse: from("MOCK_LLAMAPARSE_PORT"),
      mockOpenAI: from("MOCK_OPENAI_PORT"),
      workerHealth: from("WORKER_HEALTH_PORT")
    }),
    version: from("ACCESSA_VERSION").pipe(Config.map((given) => given ?? version)),
    host: from("API_HOST"),
    dataDir: from("ACCESSA_DATA_DIR"),
    /** Absent: the embedded database in the data directory. */
    databaseUrl: from("DATABASE_URL"),
    databaseConnections: from("DATABASE_CONNECTIONS"),
    /** Absent: unknown. */
    databaseLimitGb: from("DATABASE_LIMIT_GB"),
    /** Where the dashboard finds the API. */
    apiUrl: addressOf("API_URL", env),
    traceUrl: from("TRACE_URL_TEMPLATE"),
    dashboardUrl: addressOf("DASHBOARD_URL", env),
    alertRules: from("ALERT_RULES"),
    alertEscalation: from("ALERT_ESCALATION"),
    alertInterval: from("ALERT_INTERVAL_SECONDS").pipe(Config.map(Duration.seconds)),
    sinkSettings: Config.all({
      ALERT_SINKS: from("ALERT_SINKS"),
      ALERT_WEBHOOK_URL: from("ALERT_WEBHOOK_URL"),
      ALERT_WEBHOOK_SECRET: from("ALERT_WEBHOOK_SECRET"),
      ALERT_SLACK_URL: from("ALERT_SLACK_URL"),
      ALERT_PAGERDUTY_ROUTING_KEY: from("ALERT_PAGERDUTY_ROUTING_KEY"),
      ALERT_PAGERDUTY_URL: from("ALERT_PAGERDUTY_URL"),
      ALERT_EMAIL_SERVER: from("ALERT_EMAIL_SERVER"),
      ALERT_EMAIL_FROM: from("ALERT_EMAIL_FROM"),
      ALERT_EMAIL_TO: from("ALERT_EMAIL_TO"),
      ALERT_EMAIL_TLS: from("ALERT_EMAIL_TLS"),
      ALERT_ALERTMANAGER_URL: from("ALERT_ALERTMANAGER_URL"),
      ALERT_ALERTMANAGER_TOKEN: from("ALERT_ALERTMANAGER_TOKEN")
    }),
    heartbeat: Config.all({
      url: from("HEARTBEAT_URL"),
      interval: from("HEARTBEAT_INTERVAL_SECONDS").pipe(Config.map(Duration.seconds))
    }),
    alertWebhookAllowPrivate: from("ALERT_WEBHOOK_ALLOW_PRIVATE"),
    publicUrl: addressOf("PUBLIC_URL", env),
    maxUploadMb: from("MAX_UPLOAD_MB"),
    bounds: readBounds(env),
    chunker: from("CHUNKER"),
    parser: from("PARSER"),
    coverage: Config.all({
      policy: from("COVERAGE_POLICY"),
      leastShare: from("COVERAGE_LEAST_PERCENT").pipe(Config.map((percent) => percent / 100))
    }),
    ocrLanguages: from("OCR_LANGUAGES").pipe(Config.map((list) => list.split(",").map((word) => word.trim()))),
    llamaparse: Config.all({
      url: addressOf("LLAMAPARSE_API_URL", env),
      apiKey: from("LLAMAPARSE_API_KEY"),
      tier: from("LLAMAPARSE_TIER"),
      version: from("LLAMAPARSE_VERSION")
    }),
    /** Verifies Supabase tokens; without a secret or a key set, only API keys are accepted. */
    supabaseTokens: Config.all({
      secret: from("SUPABASE_JWT_SECRET"),
      jwksUrl: from("SUPABASE_JWKS_URL"),
      issuer: Config.all([from("SUPABASE_JWT_ISSUER"), from("SUPABASE_URL")]).pipe(
        Config.map(([issuer, url]) => issuer ?? (url === undefined ? undefined : issuerOf(url)))
      ),
      allowAnonymous: from("SUPABASE_ALLOW_ANONYMOUS")
    }),
    /** US dollars per calendar month; absent: no limit. */
    defaultBudgetUsd: from("DEFAULT_USER_BUDGET_USD"),
    trustedProxies: from("TRUSTED_PROXIES"),
    trustedProxyHeader: from("TRUSTED_PROXY_HEADER"),
    keepAlive: from("KEEP_ALIVE_SECONDS").pipe(Config.map(Duration.seconds)),
    /** The first signs, all verify. */
    linkSecrets: from("WEBHOOK_SECRETS").pipe(Config.map(splitSecrets)),
    egressAllowPrivate: from("EGRESS_ALLOW_PRIVATE"),
    openai: Config.all({
      url: addressOf("OPENAI_API_URL", env),
      apiKey: from("OPENAI_API_KEY"),
      model: Config.all({
        model: from("EMBED_MODEL"),
        version: from("EMBED_VERSION"),
        dimensions: Config.succeed(dimensions)
      })
    }),
    worker: Config.all({
      concurrency: from("WORKER_CONCURRENCY"),
      leaseSeconds: from("WORKER_LEASE_SECONDS"),
      heartbeatSeconds: from("WORKER_HEARTBEAT_SECONDS"),
      outageHours: from("OUTAGE_HOURS")
    }),
    kept: Config.all({
      history: from("KEEP_HISTORY_DAYS").pipe(Config.map(kept)),
      spending: from("KEEP_SPENDING_DAYS").pipe(Config.map(kept)),
      alerts: from("KEEP_ALERTS_DAYS").pipe(Config.map(kept)),
      keys: from("KEEP_KEYS_DAYS").pipe(Config.map(kept)),
      callbacks: from("KEEP_CALLBACKS_DAYS").pipe(Config.map(kept)),
      deliveries: from("KEEP_DELIVERIES_DAYS").pipe(Config.map(kept)),
      workers: from("KEEP_WORKERS_DAYS").pipe(Config.map(kept)),
      samples: from("KEEP_SIZES_DAYS").pipe(Config.map(kept)),
      audit: from("KEEP_AUDIT_DAYS").pipe(Config.map(kept))
    }),
    answersKept: from("KEEP_ANSWERS_HOURS").pipe(Config.map(Duration.hours)),
    mockLlamaParse: Config.all({
      delaySeconds: from("MOCK_LLAMAPARSE_DELAY"),
      failureRate: from("MOCK_LLAMAPARSE_FAILURE_RATE"),
      content: from("MOCK_LLAMAPARSE_CONTENT")
    }),
    mockOpenAI: Config.all({
      delaySeconds: from("MOCK_OPENAI_DELAY"),
      failureRate: from("MOCK_OPENAI_FAILURE_RATE"),
      /** Requests per minute; absent: no limit. */
      rateLimit: from("MOCK_OPENAI_RATE_LIMIT"),
      vectors: from("MOCK_OPENAI_VECTORS")
    }),
    mockScenario: from("MOCK_SCENARIO"),
    metrics: Config.all({
      token: from("METRICS_TOKEN"),
      open: from("METRICS_OPEN"),
      pushedEvery: from("OTEL_METRIC_EXPORT_INTERVAL").pipe(Config.map(Duration.millis))
    }),
    slowStatement: from("SLOW_STATEMENT_MS").pipe(Config.map(Duration.millis)),
    otlp: Config.all({
      /** Absent: nothing is exported. */
      url: from("OTEL_EXPORTER_OTLP_ENDPOINT"),
      headers: from("OTEL_EXPORTER_OTLP_HEADERS").pipe(Config.map(splitHeaders)),
      sampler: from("OTEL_TRACES_SAMPLER"),
      ratio: from("OTEL_TRACES_SAMPLER_ARG")
    }),
    serviceName: from("OTEL_SERVICE_NAME"),
    logLevel: from("LOG_LEVEL"),
    logFormat: from("LOG_FORMAT"),
    logFiles: Config.all({
      fileMb: from("LOG_FILE_MB"),
      folderMb: from("LOG_FOLDER_MB"),
      keptDays: from("KEEP_LOGS_DAYS")
    })
  })
  if (!local && settings.egressAllowPrivate) {
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
    if (!local && Redacted.value(value) === Redacted.value(mockKey)) {
      return yield* new UnsafeSetting({
        message: `${name} is the mock's key, which is accepted only if ACCESSA_ENV is local.`
      })
    }
  }
  if (!local && !settings.linkSecrets.every((secret) => Redacted.value(secret).length >= 32)) {
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
