/** Logs to the console; spans to an OTLP collector if the settings name one; both carry the correlation id. */
import { Effect, Layer, Logger, References } from "effect"
import { Settings } from "../src/settings/Settings.ts"
import { version } from "../src/settings/version.ts"
import { jsonLogger } from "./jsonLogger.ts"

export const telemetry = (service: string) =>
  Layer.unwrap(Effect.gen(function*() {
    const { env, logFormat, logLevel, otlpUrl, serviceName } = yield* Settings
    const logs = Layer.mergeAll(
      Logger.layer([logFormat === "json" ? jsonLogger : Logger.consolePretty()]),
      Layer.succeed(References.MinimumLogLevel, logLevel)
    )
    // Without a collector no spans are created: they would take a tenth of a worker's time.
    if (otlpUrl === undefined) return Layer.merge(logs, Layer.succeed(References.TracerEnabled, false))
    // Loaded on demand: the SDK takes a third of a second to load, and most processes have no collector.
    const { traces } = yield* Effect.promise(() => import("./traces.ts"))
    return Layer.merge(logs, traces({ url: otlpUrl, service: serviceName ?? service, version, environment: env }))
  }))
