/** docs/metrics.md, from otel/metrics. */
import { databaseMetrics } from "../../otel/metrics/database.ts"
import { isBounded, type LabelValues, type MetricDefinition } from "../../otel/metrics/MetricDefinition.ts"
import { processMetrics } from "../../otel/metrics/process.ts"
import { generatedBy } from "./generatedBy.ts"

/** Lists longer than this are in other pages. */
const listed = 10

const label = ([name, values]: readonly [string, LabelValues]): string =>
  isBounded(values) || values.length > listed
    ? `\`${name}\``
    : `\`${name}\`: ${values.map((value) => value.replaceAll("_", "\\_")).join(", ")}`

const row = ([name, { by, help, labels, type }]: readonly [string, MetricDefinition], withProcesses: boolean): string =>
  [
    "",
    `\`${name}\``,
    type,
    ...(withProcesses ? [by.length === 3 ? "all" : by.join(", ")] : []),
    Object.entries(labels).map(label).join("; "),
    help,
    ""
  ].join(" | ").trim()

const table = (definitions: Readonly<Record<string, MetricDefinition>>, withProcesses: boolean): string =>
  [
    withProcesses ? "| metric | type | processes | labels | meaning |" : "| metric | type | labels | meaning |",
    withProcesses ? "|---|---|---|---|---|" : "|---|---|---|---|",
    ...Object.entries(definitions).map((each) => row(each, withProcesses))
  ].join("\n")

export const metricsPage = (): string =>
  `# Metrics

${generatedBy("otel/metrics")}

The API (\`API_PORT\`), each worker (\`WORKER_HEALTH_PORT\`) and the dashboard (\`MONITOR_PORT\`) answer \`GET /metrics\` in Prometheus' text
format. Scrape every process:

\`\`\`yaml
rule_files: [rules.yml]
scrape_configs:
  - job_name: accessa
    scrape_interval: 15s
    authorization: { credentials_file: /etc/prometheus/accessa-token }
    static_configs: [{ targets: ["127.0.0.1:8000", "127.0.0.1:8003", "127.0.0.1:3000"] }]
\`\`\`

The file holds the value of \`METRICS_TOKEN\`. An operator's key works too, but workers need the database to check it, and the dashboard
needs the API. With \`METRICS_OPEN=true\` no credential is needed. \`pnpm start\` is one process with one set of numbers: scrape only
its API.

With \`OTEL_EXPORTER_OTLP_ENDPOINT\`, every process also sends the same metrics to \`<endpoint>/v1/metrics\`, every
\`OTEL_METRIC_EXPORT_INTERVAL\` milliseconds.

No label contains the id of a user, document, job or worker, so the tables below limit the number of series.

## What each process counts

They start at 0 with the process. Sum them over all instances: \`sum(rate(accessa_job_moves_total[5m])) by (status)\`.

${table(processMetrics, true)}

## From the database

Every API process reports the same values. Use one of them, as \`rules.yml\` does: \`max without (instance) (accessa_queue_depth)\`. An API
process reads them at most every five seconds, regardless of the number of scrapers, and less often if that takes longer than 250 ms. The
statement reads partial indexes and database statistics; its cost does not grow with history. If the database cannot be read,
\`accessa_database_up\` is 0 and all others are absent.

${table(databaseMetrics, false)}

\`accessa_database_slow_statements\` needs the extension pg_stat_statements in \`shared_preload_libraries\`;
\`accessa_database_slow_calls_total\` does not.

## Recording and alerting rules

\`otel/prometheus/rules.yml\` has both; \`promtool test rules otel/prometheus/rules.test.yml\` tests them, as the test suite does where
promtool is installed.
`
