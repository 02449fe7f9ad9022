/** docs/metrics.md, from otel/metrics.ts. */
import { type MetricDefinition, metrics } from "../../otel/metrics.ts"
import { generatedBy } from "./generatedBy.ts"

const rows = Object.entries(metrics).map(([name, { help, labels, type }]: readonly [string, MetricDefinition]) =>
  `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(", ")} | ${help} |`
)

export const metricsPage = (): string =>
  `# Metrics

${generatedBy("otel/metrics.ts")}

\`GET /metrics\` of the API answers in Prometheus' text format. It takes the credential of an operator:

\`\`\`yaml
scrape_configs:
  - job_name: accessa
    scrape_interval: 15s
    authorization: { credentials_file: /etc/prometheus/accessa-key }
    static_configs: [{ targets: ["127.0.0.1:8000"] }]
\`\`\`

All numbers come from the database, so every API process reports the same: scrape one. A scrape costs two queries whose cost does not
grow with the history.

| metric | type | labels | meaning |
|---|---|---|---|
${rows.join("\n")}

## Alerting rules

\`otel/prometheus/rules.yml\` has rules for no worker, a silent worker, stuck documents, an open circuit, a burst of failures, and no
data at all. \`promtool test rules otel/prometheus/rules.test.yml\` tests them.
`
