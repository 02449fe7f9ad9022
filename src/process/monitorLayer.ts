/** The dashboard on its port, for `monitor` and `start`. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Effect, Layer } from "effect"
import { Monitor } from "../monitor/Monitor.ts"
import { MonitorOptions } from "../monitor/server/MonitorOptions.ts"
import { Settings } from "../settings/Settings.ts"
import { HeartbeatLive } from "./heartbeatLayer.ts"
import { listen } from "./listen.ts"
import { StartedMetrics } from "./metricsLayer.ts"

/** On this machine, or the mock's container in docker-compose.yml. */
const isMock = ({ hostname }: URL) => ["127.0.0.1", "localhost"].includes(hostname) || hostname.startsWith("mock-")

export const MonitorLive = Layer.unwrap(
  Effect.map(Settings, ({ apiUrl, env, host, llamaparse, metrics, openai, ports, version }) =>
    Monitor.pipe(
      Layer.merge(StartedMetrics("monitor")),
      Layer.merge(HeartbeatLive),
      Layer.provide(
        Layer.succeed(MonitorOptions, {
          apiUrl,
          environment: env,
          providers: env !== "production" && isMock(openai.url) && isMock(llamaparse.url)
            ? "mock" as const
            : "real" as const,
          version,
          metrics
        })
      ),
      Layer.provide(NodeHttpClient.layerUndici),
      Layer.provide(listen({ host, port: ports.monitor, setting: "MONITOR_PORT" })),
      Layer.tap(() => Effect.logInfo(`The dashboard is at http://${host}:${ports.monitor}.`))
    ))
)
