/** Settings of the processes: environment, API, dashboard and telemetry. */
import { usualKeepAliveSeconds } from "../../policy/connections.ts"
import {
  address,
  amount,
  attributes,
  byDefault,
  byPlace,
  flag,
  logLevel,
  nonEmpty,
  oneOf,
  optional,
  port,
  rate,
  secret,
  secretHeader,
  secretHeaders,
  setting,
  text,
  whole
} from "../Setting.ts"

export const place = {
  ACCESSA_ENV: setting(
    ["all"],
    oneOf("local", "staging", "production"),
    byDefault("local" as const),
    "local, staging or production. local uses the mock providers by default and migrates the schema at startup. The "
      + "others require provider keys, and `pnpm migrate` before a release."
  ),
  ACCESSA_VERSION: setting(
    ["all"],
    nonEmpty,
    optional,
    "The release that the processes report, such as 0.1.0+4be91c2, with the commit after the plus. Unset: the version in "
      + "package.json."
  ),
  ACCESSA_DATA_DIR: setting(
    ["all", "cli", "scripts"],
    nonEmpty,
    byDefault(".accessa"),
    "Folder for the embedded database, stored files and logs."
  ),
  ACCESSA_URL: setting(
    ["cli"],
    address,
    optional,
    "Address of the API for the CLI. Unset: this machine, on API_PORT."
  ),
  ACCESSA_API_KEY: setting(
    ["cli", "scripts"],
    secretHeader,
    optional,
    "API key for the CLI. Unset: the local stack's own key, in ACCESSA_DATA_DIR."
  ),
  RENDER_API_KEY: setting(
    ["cli"],
    secretHeader,
    optional,
    "API key of the workspace on Render, for `accessa deploy run --platform render`."
  )
}

export const api = {
  API_HOST: setting(
    ["api", "worker", "mocks"],
    text,
    byDefault("127.0.0.1"),
    "The address all servers listen on; 0.0.0.0 means every interface."
  ),
  API_PORT: setting(["api", "cli", "scripts"], port, byDefault(8000), "Port of the API."),
  PUBLIC_URL: setting(
    ["api", "worker"],
    address,
    optional,
    "Address at which the parser can reach the API with callbacks. Unset: this machine, on API_PORT. Without "
      + "callbacks the worker polls."
  ),
  MAX_UPLOAD_MB: setting(["api"], whole(1, 100_000, "megabytes"), byDefault(500), "Largest upload, in megabytes."),
  SUPABASE_JWT_SECRET: setting(
    ["api"],
    secret,
    optional,
    "Accept Supabase tokens signed with HS256 and this secret (at least 32 characters), in addition to API keys."
  ),
  SUPABASE_JWKS_URL: setting(
    ["api"],
    address,
    optional,
    "Accept Supabase tokens signed with ES256 or RS256 and the keys published at this URL, such as "
      + "https://PROJECT.supabase.co/auth/v1/.well-known/jwks.json."
  ),
  SUPABASE_JWT_ISSUER: setting(
    ["api"],
    nonEmpty,
    optional,
    "The issuer that tokens must have. Unset: SUPABASE_URL/auth/v1. Without either, any issuer with a valid "
      + "signature is accepted."
  ),
  SUPABASE_ALLOW_ANONYMOUS: setting(
    ["api"],
    flag,
    byDefault(false),
    "true: accept anonymous sign-ins. Anonymous users can be created without limit, so set DEFAULT_USER_BUDGET_USD, "
      + "too."
  ),
  DEFAULT_USER_BUDGET_USD: setting(
    ["api", "worker"],
    amount("US dollars", 0, 1_000_000_000),
    optional,
    "US dollars that a user without an explicit budget may spend on embeddings per calendar month. Set the same "
      + "value for the API and the workers. Unset: no limit."
  ),
  TRUSTED_PROXIES: setting(
    ["api"],
    text,
    byDefault(""),
    "Proxies in front of the API: comma-separated addresses and networks (10.0.0.7, 192.168.4.0/24). Limits, logs "
      + "and traces then use the client address from their header. The header is ignored in requests from any other "
      + "address."
  ),
  TRUSTED_PROXY_HEADER: setting(
    ["api"],
    oneOf("x-forwarded-for", "forwarded"),
    byDefault("x-forwarded-for" as const),
    "The header these proxies write: x-forwarded-for or forwarded. The other one is ignored, because clients can "
      + "forge it."
  ),
  KEEP_ALIVE_SECONDS: setting(
    ["api"],
    whole(1, 3_600, "seconds"),
    byDefault(usualKeepAliveSeconds),
    "How long the API keeps an idle connection open. It must be longer than the proxy in front keeps one, otherwise "
      + "that proxy occasionally answers 502; see docs/proxies.md."
  ),
  STOP_DELAY_SECONDS: setting(
    ["api"],
    whole(0, 15, "seconds"),
    byDefault(0),
    "How long the API keeps serving after the stop signal, while GET /health says that it is stopping, so that a "
      + "proxy in front first sends its requests elsewhere."
  )
}

export const monitor = {
  MONITOR_PORT: setting(["monitor", "cli", "scripts"], port, byDefault(3000), "Port of the dashboard."),
  API_URL: setting(
    ["monitor"],
    address,
    optional,
    "Address at which the dashboard reaches the API. Unset: this machine, on API_PORT."
  ),
  TRACE_URL_TEMPLATE: setting(
    ["api", "monitor"],
    text,
    byDefault(""),
    "Link to a trace, containing {trace_id}, such as Jaeger's http://127.0.0.1:16686/trace/{trace_id}. Empty: no links."
  )
}

export const metrics = {
  METRICS_TOKEN: setting(
    ["api", "worker", "monitor"],
    secret,
    optional,
    "Bearer token with which Prometheus may read GET /metrics, at least 16 characters. Unset: with an operator's key only."
  ),
  METRICS_OPEN: setting(
    ["api", "worker", "monitor"],
    flag,
    byDefault(false),
    "true: GET /metrics needs no credential. For networks that only Prometheus can reach."
  ),
  OTEL_METRIC_EXPORT_INTERVAL: setting(
    ["api", "worker", "monitor"],
    whole(100, 3_600_000, "milliseconds"),
    byDefault(60_000),
    "How often metrics are sent to OTEL_EXPORTER_OTLP_ENDPOINT, in milliseconds."
  ),
  SLOW_STATEMENT_MS: setting(
    ["api", "worker"],
    whole(1, 60_000, "milliseconds"),
    byDefault(500),
    "A database statement that takes longer counts as slow, in milliseconds."
  )
}

export const telemetry = {
  LOG_LEVEL: setting(
    ["all"],
    logLevel,
    byDefault("Info" as const),
    "Trace, Debug, Info, Warn, Error, Fatal or None."
  ),
  LOG_FORMAT: setting(
    ["all"],
    oneOf("auto", "pretty", "json"),
    byDefault("auto" as const),
    "Lines on the output: pretty, json, or auto, which is pretty on a terminal and json elsewhere."
  ),
  LOG_FILE_MB: setting(
    ["all"],
    whole(0, 10_000, "megabytes"),
    byPlace(10, 0),
    "Size above which a new log file begins in ACCESSA_DATA_DIR/logs; a new one also begins after a day. 0: no log files."
  ),
  LOG_FOLDER_MB: setting(
    ["all"],
    whole(1, 1_000_000, "megabytes"),
    byDefault(200),
    "Size of all log files, above which the oldest are removed."
  ),
  KEEP_LOGS_DAYS: setting(["all"], whole(1, 36_500, "days"), byDefault(14), "Days to keep log files."),
  OTEL_EXPORTER_OTLP_ENDPOINT: setting(
    ["all"],
    address,
    optional,
    "An OTLP collector that accepts HTTP, such as http://127.0.0.1:4318, for traces and logs. Unset: nothing is exported, "
      + "and tracing is off."
  ),
  OTEL_EXPORTER_OTLP_HEADERS: setting(
    ["all"],
    secretHeaders,
    optional,
    "Headers for the collector, such as a key: name=value, separated by commas, the values percent-encoded."
  ),
  OTEL_TRACES_SAMPLER: setting(
    ["all"],
    oneOf(
      "always_on",
      "always_off",
      "traceidratio",
      "parentbased_always_on",
      "parentbased_always_off",
      "parentbased_traceidratio"
    ),
    byDefault("parentbased_always_on" as const),
    "Which traces are recorded: OpenTelemetry's samplers. parentbased_traceidratio records a share of them, each from "
      + "the upload to the last webhook. Set the same value for the API and the workers."
  ),
  OTEL_TRACES_SAMPLER_ARG: setting(
    ["all"],
    rate,
    byDefault(1),
    "The share of traces that a ratio sampler records, from 0 to 1."
  ),
  OTEL_SERVICE_NAME: setting(
    ["all"],
    nonEmpty,
    optional,
    "Service name in traces. Unset: the name of the process, such as accessa-api."
  ),
  OTEL_RESOURCE_ATTRIBUTES: setting(
    ["all"],
    attributes,
    optional,
    "Attributes of everything that is exported: name=value, separated by commas, percent-encoded."
  )
}
