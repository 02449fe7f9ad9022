/** The API on its port, for `api` and `start`. */
import { Effect, Layer, Result } from "effect"
import { Sinks } from "../../layers/App/Vendors.ts"
import { FirstKey } from "../http/server/FirstKey.ts"
import { HttpOptions } from "../http/server/HttpOptions.ts"
import { HttpApp } from "../http/server/routes.ts"
import { ratesOf } from "../policy/rates.ts"
import { CircuitBreakers } from "../purchases/CircuitBreakers.ts"
import { doubts } from "../settings/doubts.ts"
import { Settings } from "../settings/Settings.ts"
import { logFolder } from "../settings/table.ts"
import { InspectorLive } from "./inspectorLayer.ts"
import { listen } from "./listen.ts"
import { StartedMetrics } from "./metricsLayer.ts"
import { thisInstallation } from "./thisInstallation.ts"

export const ApiLive = Layer.unwrap(
  Effect.map(
    Effect.all([Settings, thisInstallation]),
    ([settings, installation]) => {
      const {
        alertRules,
        bounds,
        chunker,
        dataDir,
        host,
        keepAlive,
        linkSecrets,
        logFiles,
        maxUploadMb,
        metrics,
        otlp,
        ports,
        publicUrl,
        stopDelay,
        traceUrl,
        trustedProxies
      } = settings
      return HttpApp.pipe(
        Layer.merge(StartedMetrics("api")),
        Layer.provide(
          Layer.succeed(HttpOptions, {
            maxUploadBytes: maxUploadMb * 1_000_000,
            chunker,
            publicUrl,
            linkSecrets,
            rates: ratesOf(bounds),
            bounds,
            metrics: { access: metrics, pushedEvery: otlp.url === undefined ? undefined : metrics.pushedEvery },
            alertRules,
            installation,
            doubts: doubts(settings),
            trustedProxies,
            stopDelay,
            traceUrl,
            logs: logFiles.fileMb > 0 ? Result.succeed(logFolder(dataDir)) : Result.fail(logsElsewhere(otlp.url))
          })
        ),
        Layer.provide([FirstKey, Sinks]),
        Layer.provide(InspectorLive(null)),
        Layer.provide(CircuitBreakers.layer("api")),
        Layer.provide(listen({ host, port: ports.api, setting: "API_PORT", keepAlive, checksHost: true })),
        Layer.tap(() =>
          Effect.logInfo(`The API listens on http://${host}:${ports.api}, its documentation is at /docs.`)
        )
      )
    }
  )
)

const logsElsewhere = (otlpUrl: URL | undefined): string =>
  `This stack writes no log files (LOG_FILE_MB is 0): its log lines go to the output of each process${
    otlpUrl === undefined ? "" : ` and to the collector at ${otlpUrl.origin}`
  }.`
