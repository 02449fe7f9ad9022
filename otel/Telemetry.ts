/** Logs to the output and to files; spans to an OTLP collector if the settings name one; both carry the correlation id. */
import { Console, Duration, Effect, Layer, Logger, Option, References, type Scope } from "effect"
import process from "node:process"
import { Settings } from "../src/settings/Settings.ts"
import { logFolder } from "../src/settings/table.ts"
import { version } from "../src/settings/version.ts"
import { type LogFile, openLogFile } from "./logs/LogFile.ts"
import { makeLogger } from "./logs/logger.ts"

export const telemetry = (service: string) =>
  Layer.unwrap(Effect.gen(function*() {
    const { env, logFormat, logLevel, otlpUrl, serviceName } = yield* Settings
    const name = serviceName ?? service
    const isTerminal = process.stdout.isTTY
    const logs = Layer.mergeAll(
      Logger.layer([
        makeLogger({
          service: name,
          format: logFormat === "auto" ? (isTerminal ? "pretty" : "json") : logFormat,
          isColoured: isTerminal,
          file: yield* logFile(name)
        })
      ]),
      Layer.succeed(References.MinimumLogLevel, logLevel)
    )
    // Without a collector no spans are created: they would take a tenth of a worker's time.
    if (otlpUrl === undefined) return Layer.merge(logs, Layer.succeed(References.TracerEnabled, false))
    // Loaded on demand: the SDK takes a third of a second to load, and most processes have no collector.
    const { traces } = yield* Effect.promise(() => import("./traces.ts"))
    return Layer.merge(logs, traces({ url: otlpUrl, service: name, version, environment: env }))
  }))

/** Without a file, the lines on the output remain. */
const logFile = (service: string): Effect.Effect<Option.Option<LogFile>, never, Scope.Scope | Settings> =>
  Effect.gen(function*() {
    const { dataDir, logFiles: { fileMb, folderMb, keptDays } } = yield* Settings
    if (fileMb === 0) return Option.none()
    return yield* openLogFile({
      folder: logFolder(dataDir),
      service,
      fileBytes: fileMb * 1_000_000,
      folderBytes: folderMb * 1_000_000,
      keep: Duration.days(keptDays)
    }).pipe(Effect.asSome, Effect.catch(({ message }) => Effect.as(Console.error(message), Option.none())))
  })
