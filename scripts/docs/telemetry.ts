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

Logs and traces; metrics have [their own page](metrics.md). All three use the same names. To follow a document, use its correlation id, which
is in the upload's response, the job, \`x-correlation-id\` and every problem.

## Logs

On a terminal, lines are readable text; elsewhere each line is a JSON object (\`LOG_FORMAT\`). Each transition of a job is one line,
written by the process that committed it.

Locally, every process also writes its lines as JSON to its own file in \`ACCESSA_DATA_DIR/logs\`, readable only by its owner. A new file
begins at \`LOG_FILE_MB\` or after a day; the oldest are removed after \`KEEP_LOGS_DAYS\`, or when all together exceed
\`LOG_FOLDER_MB\`. They are read

- by \`accessa logs\` (\`--correlation\`, \`--job\`, \`--level\`, \`--since\`, \`-f\` to follow, \`--json\`), even while the API is down, and
- by \`GET /api/v1/jobs/{job_id}/logs\`, for the job's owner and for operators; the dashboard's job page shows them. Operators see
  every line with the job's correlation id; owners see the lines that name the job or themselves, without stack traces.

In production no log files are written (\`LOG_FILE_MB\` is 0 where \`ACCESSA_ENV\` is not local): use the platform's logs of
the processes, or OTLP logs. The API then says that there are no log files, and where the lines go.

| field | meaning |
|---|---|
${rowsOf(logFields)}

## Traces

With \`OTEL_EXPORTER_OTLP_ENDPOINT\`, spans and log lines go to an OTLP collector (HTTP, protobuf), at \`/v1/traces\` and \`/v1/logs\`;
without it, tracing is off and costs nothing. \`OTEL_EXPORTER_OTLP_HEADERS\`, \`OTEL_SERVICE_NAME\`, \`OTEL_TRACES_SAMPLER\` and
\`OTEL_TRACES_SAMPLER_ARG\` have OpenTelemetry's meaning; \`OTEL_RESOURCE_ATTRIBUTES\` adds its attributes to all that is sent. If the collector does not answer or refuses spans, a warning says so,
and they are lost until it accepts them again.

A document is one trace, from the upload (or the caller's \`traceparent\`) over every stage, provider call, callback and webhook
delivery, across processes and retries: the job's row keeps the \`traceparent\` of the upload. Each attempt is a
separate span. Calls to the parser and to receivers of webhooks carry \`traceparent\`; \`tracestate\` is not passed on.

- The parser does not continue the trace: its callback has a separate trace, and the resulting change is a span in the job's trace,
  linked to that request.
- Statements and embedding calls for several documents are in the trace of the first one, below the span \`batch\`; the other traces link
  to it.
- Frequent routine work (claims, heartbeats, checks of /health) is not traced.

\`TRACE_URL_TEMPLATE\` creates links: \`trace_url\` of jobs and problems, \`accessa jobs show\` and \`explain\`, failing commands, and the
dashboard. For Jaeger it is \`http://127.0.0.1:16686/trace/{trace_id}\`.

For the cost of tracing, see [benchmarks](benchmarks.md).

Only the attributes listed below are exported, and of errors only code and class. A span never holds a document's text, a file's
name, a query string, a header or a secret.

| span | meaning |
|---|---|
${rowsOf(spans)}

| attribute | meaning |
|---|---|
${rowsOf(attributes)}
`
