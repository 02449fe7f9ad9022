/** Sends the metrics to an OTLP collector, at `<url>/v1/metrics`. */
import { type Duration, Layer } from "effect"
import { FetchHttpClient } from "effect/http"
import { OtlpMetrics, OtlpSerialization } from "effect/observability"
import { instanceId } from "../instance.ts"
import { signalUrl } from "../signalUrl.ts"

export const pushMetrics = (options: {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly service: string
  readonly version: string
  readonly environment: string
  readonly every: Duration.Duration
}) =>
  OtlpMetrics.layer({
    url: signalUrl(options.url, "metrics").href,
    headers: options.headers,
    resource: {
      serviceName: options.service,
      serviceVersion: options.version,
      attributes: { "deployment.environment.name": options.environment, "service.instance.id": instanceId }
    },
    exportInterval: options.every
  }).pipe(Layer.provide([FetchHttpClient.layer, OtlpSerialization.layerJson]))
