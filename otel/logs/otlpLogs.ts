/** Log lines to an OTLP collector, in batches, to `<url>/v1/logs`. A stack stays on this machine: it may hold a document's text. */
import { Clock, Effect, Layer, Record, References, type Scope } from "effect"
import { FetchHttpClient } from "effect/http"
import { OtlpExporter, type OtlpLogger, OtlpResource, OtlpSerialization } from "effect/observability"
import type { LogLine } from "./LogLine.ts"

export interface OtlpLogOptions {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly resource: Parameters<typeof OtlpResource.make>[0]
}

type LogRecord = NonNullable<OtlpLogger.LogsData["resourceLogs"][number]["scopeLogs"][number]["logRecords"]>[number]

export const openOtlpLogs = (
  { headers, resource, url }: OtlpLogOptions
): Effect.Effect<(line: LogLine) => void, never, Scope.Scope> =>
  Effect.gen(function*() {
    const { logs } = yield* OtlpSerialization.OtlpSerialization
    const clock = yield* Clock.Clock
    // With the attributes of OTEL_RESOURCE_ATTRIBUTES, which traces and metrics have, too.
    const described = yield* OtlpResource.fromConfig(resource)
    const exporter = yield* OtlpExporter.make({
      label: "accessa-logs",
      url: url.href,
      headers,
      exportInterval: "1 second",
      maxBatchSize: 1_000,
      shutdownTimeout: "2 seconds",
      body: (logRecords) => [
        logs({
          resourceLogs: [{
            resource: described,
            scopeLogs: [{ scope: { name: "accessa" }, logRecords }]
          }]
        }),
        Effect.void
      ]
    })
    return (line: LogLine) => exporter.push(recordOf(line, clock.currentTimeNanosUnsafe()))
  }).pipe(
    // Neither traced nor logged: an export would be followed by the export of its own telemetry.
    Effect.provideService(References.TracerEnabled, false),
    Effect.provideService(References.MinimumLogLevel, "None"),
    Effect.provide(Layer.mergeAll(OtlpExporter.layerFlusher, OtlpSerialization.layerProtobuf, FetchHttpClient.layer))
  )

const recordOf = ({ fields, level, message, time }: LogLine, now: bigint): LogRecord => {
  const { span_id: spanId, trace_id: traceId, ...rest } = fields
  const attributes = Record.remove(rest, "cause")
  return {
    timeUnixNano: `${Date.parse(time)}000000`,
    observedTimeUnixNano: String(now),
    severityText: level,
    severityNumber: severities[level],
    body: { stringValue: message },
    attributes: OtlpResource.entriesToAttributes(Record.toEntries(attributes)),
    droppedAttributesCount: 0,
    ...(typeof traceId === "string" && typeof spanId === "string" ? { traceId, spanId } : {})
  }
}

/** OpenTelemetry has four numbers for each level. */
const severities = { TRACE: 1, DEBUG: 5, INFO: 9, WARN: 13, ERROR: 17, FATAL: 21 } as const
