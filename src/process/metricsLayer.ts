/** What a process measures from its start. */
import { Effect, Layer } from "effect"
import { processGauges } from "../../otel/metrics/processGauges.ts"
import { pushMetrics } from "../../otel/metrics/push.ts"
import { gauges, startAtZero } from "../../otel/metrics/record.ts"
import { Settings } from "../settings/Settings.ts"

/** Once in each process, also where several services share it. */
export const ProcessMetrics = (service: string) =>
  Layer.unwrap(
    Effect.map(Settings, ({ env, metrics, otlp, serviceName, version }) =>
      otlp.url === undefined ? processGauges(version) : Layer.merge(
        processGauges(version),
        pushMetrics({
          url: otlp.url,
          headers: otlp.headers,
          service: serviceName ?? service,
          version,
          environment: env,
          every: metrics.pushedEvery
        })
      ))
  )

/** Of a part of the system: several may share a process, and then its registry. */
export const StartedMetrics = (part: "api" | "worker" | "monitor") =>
  Layer.effectDiscard(Effect.gen(function*() {
    const { databaseConnections } = yield* Settings
    yield* startAtZero(part)
    if (part !== "monitor") yield* gauges(["accessa_database_pool_connections", {}, () => databaseConnections])
  }))
