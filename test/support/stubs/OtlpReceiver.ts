/** An OTLP collector that keeps what it receives, decoded by OpenTelemetry's own decoder. */
import root from "@opentelemetry/otlp-transformer/build/src/generated/root.js"
import { Effect, Predicate, Schema } from "effect"
import { serveStub } from "./HttpStub.ts"

const Id = Schema.instanceOf(Uint8Array)
const Value = Schema.Struct({
  stringValue: Schema.optionalKey(Schema.NullOr(Schema.String)),
  intValue: Schema.optionalKey(Schema.Unknown),
  doubleValue: Schema.optionalKey(Schema.Unknown),
  boolValue: Schema.optionalKey(Schema.Unknown)
})
const Attributes = Schema.Array(Schema.Struct({ key: Schema.String, value: Schema.NullishOr(Value) }))
const Resource = Schema.Struct({ attributes: Attributes })

const TraceRequest = Schema.Struct({
  resourceSpans: Schema.Array(Schema.Struct({
    resource: Resource,
    scopeSpans: Schema.Array(Schema.Struct({
      spans: Schema.Array(Schema.Struct({
        name: Schema.String,
        kind: Schema.Int,
        traceId: Id,
        spanId: Id,
        parentSpanId: Schema.optionalKey(Schema.NullOr(Id)),
        attributes: Attributes,
        events: Schema.Array(Schema.Struct({ name: Schema.String, attributes: Attributes })),
        links: Schema.Array(Schema.Struct({ traceId: Id, spanId: Id })),
        status: Schema.Struct({ code: Schema.optionalKey(Schema.Int), message: Schema.optionalKey(Schema.String) })
      }))
    }))
  }))
})
const LogsRequest = Schema.Struct({
  resourceLogs: Schema.Array(Schema.Struct({
    resource: Resource,
    scopeLogs: Schema.Array(Schema.Struct({
      logRecords: Schema.Array(Schema.Struct({
        severityNumber: Schema.Int,
        severityText: Schema.String,
        body: Value,
        attributes: Attributes,
        traceId: Id,
        spanId: Id
      }))
    }))
  }))
})

export interface ReceivedSpan {
  readonly service: string
  /** Of the process. */
  readonly instance: unknown
  readonly name: string
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  /** Empty for a root. */
  readonly parentSpanId: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly events: ReadonlyArray<{ readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }>
  readonly links: ReadonlyArray<{ readonly traceId: string; readonly spanId: string }>
  /** 2 is an error. */
  readonly status: number
}

export interface ReceivedLog {
  readonly service: string
  /** What the process says of itself. */
  readonly resource: Readonly<Record<string, unknown>>
  readonly level: string
  readonly severity: number
  readonly message: string
  readonly traceId: string
  readonly attributes: Readonly<Record<string, unknown>>
}

export interface OtlpReceiver {
  readonly url: URL
  readonly spans: ReadonlyArray<ReceivedSpan>
  readonly logs: ReadonlyArray<ReceivedLog>
}

export const startOtlpReceiver = Effect.gen(function*() {
  const spans: Array<ReceivedSpan> = []
  const logs: Array<ReceivedLog> = []
  const url = yield* serveStub(({ body, headers, url }) => {
    if (url.pathname === "/v1/metrics") return { status: 200 }
    if (headers["content-type"] !== "application/x-protobuf") return { status: 415 }
    if (url.pathname === "/v1/traces") spans.push(...spansOf(body))
    else if (url.pathname === "/v1/logs") logs.push(...logsOf(body))
    else return { status: 404 }
    return { status: 200, headers: { "content-type": "application/x-protobuf" }, body: new Uint8Array() }
  })
  const receiver: OtlpReceiver = { url, spans, logs }
  return receiver
})

const spansOf = (body: Uint8Array): ReadonlyArray<ReceivedSpan> =>
  Schema.decodeUnknownSync(TraceRequest)(decodeAs("trace.v1.ExportTraceServiceRequest", body)).resourceSpans.flatMap(
    ({ resource, scopeSpans }) =>
      scopeSpans.flatMap((scope) =>
        scope.spans.map((span): ReceivedSpan => ({
          service: String(valuesOf(resource.attributes)["service.name"]),
          instance: valuesOf(resource.attributes)["service.instance.id"],
          name: span.name,
          kind: span.kind,
          traceId: hex(span.traceId),
          spanId: hex(span.spanId),
          parentSpanId: hex(span.parentSpanId ?? new Uint8Array()),
          attributes: valuesOf(span.attributes),
          events: span.events.map(({ attributes, name }) => ({ name, attributes: valuesOf(attributes) })),
          links: span.links.map(({ spanId, traceId }) => ({ traceId: hex(traceId), spanId: hex(spanId) })),
          status: span.status.code ?? 0
        }))
      )
  )

const logsOf = (body: Uint8Array): ReadonlyArray<ReceivedLog> =>
  Schema.decodeUnknownSync(LogsRequest)(decodeAs("logs.v1.ExportLogsServiceRequest", body)).resourceLogs.flatMap(
    ({ resource, scopeLogs }) =>
      scopeLogs.flatMap((scope) =>
        scope.logRecords.map((record): ReceivedLog => ({
          service: String(valuesOf(resource.attributes)["service.name"]),
          resource: valuesOf(resource.attributes),
          level: record.severityText,
          severity: record.severityNumber,
          message: record.body.stringValue ?? "",
          traceId: hex(record.traceId),
          attributes: valuesOf(record.attributes)
        }))
      )
  )

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

const valuesOf = (attributes: typeof Attributes.Type): Readonly<Record<string, unknown>> =>
  Object.fromEntries(attributes.map(({ key, value }) => [
    key,
    value?.stringValue ?? value?.boolValue ?? Number(value?.intValue ?? value?.doubleValue)
  ]))

/** The generated classes have no types. */
const decodeAs = (message: string, body: Uint8Array): unknown => {
  const path = ["opentelemetry", "proto", "collector", ...message.split(".")]
  const type = path.reduce<unknown>((at, name) => Predicate.hasProperty(at, name) ? at[name] : undefined, root)
  if (!Predicate.hasProperty(type, "decode") || !Predicate.isFunction(type.decode)) throw new Error(`no ${message}`)
  if (!Predicate.hasProperty(type, "toObject") || !Predicate.isFunction(type.toObject)) throw new Error(`no ${message}`)
  return type.toObject(type.decode(body), { defaults: true, longs: String })
}
