/** Spans by the OpenTelemetry SDK, in batches, to `<url>/v1/traces`. */
import * as NodeSdk from "@effect/opentelemetry/NodeSdk"
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http"
import { tracing } from "@opentelemetry/sdk-node"

export const traces = (options: {
  readonly url: URL
  readonly service: string
  readonly version: string
  readonly environment: string
}) =>
  NodeSdk.layer(() => ({
    resource: {
      serviceName: options.service,
      serviceVersion: options.version,
      attributes: { "deployment.environment.name": options.environment }
    },
    spanProcessor: new tracing.BatchSpanProcessor(
      new OTLPTraceExporter({ url: new URL("v1/traces", withSlash(options.url)).href })
    )
  }))

const withSlash = (url: URL): URL => url.href.endsWith("/") ? url : new URL(`${url.href}/`)
