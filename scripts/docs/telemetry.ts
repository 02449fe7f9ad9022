/** docs/telemetry.md, from otel/names. */
import { attributes } from "../../otel/names/attributes.ts"
import { logFields } from "../../otel/names/logFields.ts"
import { spans } from "../../otel/names/spans.ts"
import { generatedBy } from "./generatedBy.ts"

const rowsOf = (table: Readonly<Record<string, string>>): string =>
  Object.entries(table).map(([name, meaning]) => `| \`${name}\` | ${meaning} |`).join("\n")

export const telemetryPage = (): string =>
  `# Telemetry

${generatedBy("otel/names")}

What the processes tell about themselves: logs, traces and metrics. Metrics have [a page of their own](metrics.md). All three carry
the same words; a document is followed by its correlation id, which the upload's answer, the job, \`x-correlation-id\` and every
problem contain.

## Logs

On a terminal, lines are for people; elsewhere each is a JSON object (\`LOG_FORMAT\`). Each move of a job from one status to the next
is one line, written by the process that made it durable.

Locally, every process also writes its lines as JSON to a file of its own in \`ACCESSA_DATA_DIR/logs\`, which only its owner can read.
A file is followed by the next at \`LOG_FILE_MB\` or after a day; the oldest go at \`KEEP_LOGS_DAYS\` or when all are larger than
\`LOG_FOLDER_MB\`. They are read

- by \`accessa logs\` (\`--correlation\`, \`--job\`, \`--level\`, \`--since\`, \`-f\` to follow, \`--json\`), also while the API is down, and
- by \`GET /api/v1/jobs/{job_id}/logs\`, for the job's owner and for operators; the dashboard's page of a job shows them. Operators see
  every line with the job's correlation id; an owner sees the lines that name the job or the owner, without stacks.

In production no log files are written (\`LOG_FILE_MB\` is 0 where \`ACCESSA_ENV\` is not local): collect the output of the processes
with the platform's means, or the OTLP logs. The API then answers that there are no log files here, and where the lines go.

| field | meaning |
|---|---|
${rowsOf(logFields)}

## Traces

With \`OTEL_EXPORTER_OTLP_ENDPOINT\`, spans and log lines go to an OTLP collector (HTTP, protobuf), at \`/v1/traces\` and \`/v1/logs\`;
without it, tracing is off and costs nothing. \`OTEL_EXPORTER_OTLP_HEADERS\`, \`OTEL_SERVICE_NAME\`, \`OTEL_TRACES_SAMPLER\` and
\`OTEL_TRACES_SAMPLER_ARG\` mean what OpenTelemetry says they mean. If the collector does not answer or refuses them, a warning says so, and
spans are lost until it takes them again.

A document is one trace, from the upload (or the caller's \`traceparent\`) over every stage, provider call, callback and webhook
delivery, across processes and retries: the job's row keeps the \`traceparent\` of the upload. Each attempt is a
span of its own. Calls to the parser and to receivers of webhooks carry \`traceparent\`.

- The parser does not know the trace: its callback is a request with a trace of its own, and what it changes is a span in the job's
  trace, linked to that request.
- Statements and embedding calls that serve several documents at once are in the trace of the first of them, below the span \`batch\`;
  the others have links to it.
- Rounds that mostly find nothing (claims, heartbeats, probes of /health) are not traced.

\`TRACE_URL_TEMPLATE\` makes links: \`trace_url\` of a job and of a problem, \`accessa jobs show\` and \`explain\`, failing commands, and the
dashboard. For Jaeger it is \`http://127.0.0.1:16686/trace/{trace_id}\`.

What tracing costs is in [benchmarks](benchmarks.md).

Only the attributes listed below leave the process; of errors, their code and class. A span never holds a document's text, a file's
name, a query string, a header or a secret.

| span | meaning |
|---|---|
${rowsOf(spans)}

| attribute | meaning |
|---|---|
${rowsOf(attributes)}
`
