/** Reads the servers' settings, in groups. */
import { Config, Duration, Redacted } from "effect"
import { dimensions } from "../domain/Vector.ts"
import { headersOf } from "./Setting.ts"
import { addressOf, type Environment, read, readBounds, type SettingName } from "./table.ts"
import { version } from "./version.ts"

/** The issuer name of a Supabase project's auth service. */
const issuerOf = (project: URL): string => `${project.href.replace(/\/$/, "")}/auth/v1`

const splitSecrets = (list: Redacted.Redacted): ReadonlyArray<Redacted.Redacted> =>
  Redacted.value(list).split(",").map((secret) => Redacted.make(secret.trim()))

/** `name=value`, separated by commas; values are percent-encoded. */
const splitHeaders = (list: Redacted.Redacted | undefined): Readonly<Record<string, string>> =>
  (list === undefined ? undefined : headersOf(Redacted.value(list))) ?? {}

/** 0: forever. */
const kept = (days: number) => days === 0 ? undefined : Duration.days(days)

const valuesIn = (env: Environment) => {
  const from = <N extends SettingName>(name: N) => read(name, env)
  return Config.all({
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
    stopDelay: from("STOP_DELAY_SECONDS").pipe(Config.map(Duration.seconds)),
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
      ratio: from("OTEL_TRACES_SAMPLER_ARG"),
      attributes: from("OTEL_RESOURCE_ATTRIBUTES")
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
}

const made = new Map<Environment, ReturnType<typeof valuesIn>>()

/** Made once: a schema for each of a hundred settings takes several times as long as reading them. */
export const readValues = (env: Environment): ReturnType<typeof valuesIn> => {
  const values = made.get(env) ?? valuesIn(env)
  made.set(env, values)
  return values
}
