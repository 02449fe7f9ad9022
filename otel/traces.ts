/**
 * Spans by the OpenTelemetry SDK, in batches, to `<url>/v1/traces`. The customer's stack names `@effect/opentelemetry` and
 * `@opentelemetry/sdk-node`: recorded spans stay with them. Traces that are not recorded need not reach them.
 */
import * as NodeSdk from "@effect/opentelemetry/NodeSdk"
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto"
import { tracing } from "@opentelemetry/sdk-node"
import { Effect, Layer, Tracer } from "effect"
import { nameErrors } from "./spans/nameErrors.ts"
import { reportExports } from "./spans/reportExports.ts"
import { sparingly } from "./spans/sparingly.ts"
import { tidySpan } from "./spans/tidySpan.ts"

const samplers = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio"
] as const

export interface TraceOptions {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly sampler: (typeof samplers)[number]
  /** The share of traces that a ratio sampler records. */
  readonly ratio: number
  readonly resource: {
    readonly serviceName: string
    readonly serviceVersion: string
    readonly attributes: Readonly<Record<string, string>>
  }
}

export const traces = ({ headers, ratio, resource, sampler, url }: TraceOptions) => {
  const sdk = Layer.unwrap(Effect.map(reportExports(url), (reported) =>
    NodeSdk.layer(() => ({
      resource,
      tracerConfig: { sampler: samplerOf(sampler, ratio) },
      spanProcessor: new tracing.BatchSpanProcessor(
        tidied(reported(new OTLPTraceExporter({ url: url.href, headers: { ...headers } }))),
        { maxQueueSize: 16_384 }
      )
    }))))
  return Layer.effect(
    Tracer.Tracer,
    Effect.map(Effect.service(Tracer.Tracer), (tracer) => nameErrors(sparingly(tracer)))
  ).pipe(Layer.provide(sdk))
}

const samplerOf = (name: TraceOptions["sampler"], ratio: number): tracing.Sampler => {
  const root = name.endsWith("always_on")
    ? new tracing.AlwaysOnSampler()
    : name.endsWith("always_off")
    ? new tracing.AlwaysOffSampler()
    : new tracing.TraceIdRatioBasedSampler(ratio)
  return name.startsWith("parentbased_") ? new tracing.ParentBasedSampler({ root }) : root
}

const tidied = (exporter: tracing.SpanExporter): tracing.SpanExporter => ({
  export: (spans, done) => exporter.export(spans.map(tidySpan), done),
  shutdown: () => exporter.shutdown(),
  forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve()
})
