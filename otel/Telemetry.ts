/**
 * Logs to the output and to files, and, if the settings name a collector, logs and spans to it; all carry the correlation id.
 */
import { Console, Duration, Effect, Layer, Logger, Option, References, type Scope } from "effect"
import { HttpMiddleware } from "effect/http"
import process from "node:process"
import { Settings } from "../src/settings/Settings.ts"
import { logFolder, read } from "../src/settings/table.ts"
import { version } from "../src/settings/version.ts"
import { instanceId } from "./instance.ts"
import { type LogFile, openLogFile } from "./logs/LogFile.ts"
import { makeLogger } from "./logs/logger.ts"

type Output = "stdout" | "stderr"

export const telemetry = (service: string, output: Output = "stdout") =>
  Layer.unwrap(Effect.gen(function*() {
    const { env, logFormat, logLevel, otlp, serviceName = service } = yield* Settings
    const { attributes, headers, ratio, sampler, url } = otlp
    const resource = {
      serviceName,
      serviceVersion: version,
      attributes: { ...attributes, "deployment.environment.name": env, "service.instance.id": instanceId }
    }
    const toCollector = url === undefined
      ? undefined
      // Loaded on demand: the SDK takes a third of a second to load, and most processes have no collector.
      : yield* Effect.promise(() => import("./collector.ts")).pipe(
        Effect.flatMap(({ openCollector }) => openCollector({ url, headers, resource, sampler, ratio }))
      )
    const logger = makeLogger({
      service: serviceName,
      ...looks(logFormat, output),
      file: yield* logFile(serviceName),
      send: Option.fromUndefinedOr(toCollector?.send)
    })
    const logging = Layer.merge(Logger.layer([logger]), Layer.succeed(References.MinimumLogLevel, logLevel))
    return Layer.merge(
      Layer.succeed(HttpMiddleware.TracerDisabledWhen, ({ url }) => asked.test(url)),
      // Without a collector no spans are created: they would take a tenth of a worker's time.
      toCollector?.traces ?? Layer.succeed(References.TracerEnabled, false)
    ).pipe(Layer.provideMerge(logging))
  }))

/** For what is wrong with the settings: lines on the output, as LOG_FORMAT says if that is right. */
export const withoutSettings = (service: string, output: Output) =>
  Layer.unwrap(
    read("LOG_FORMAT", "local").pipe(
      Effect.orElseSucceed(() => "auto" as const),
      Effect.map((logFormat) =>
        Logger.layer([makeLogger({ service, ...looks(logFormat, output), file: Option.none(), send: Option.none() })])
      )
    )
  )

const looks = (logFormat: "auto" | "pretty" | "json", output: Output) => {
  const isTerminal = process[output].isTTY
  return {
    output,
    format: logFormat === "auto" ? (isTerminal ? "pretty" : "json") : logFormat,
    isColoured: isTerminal
  } as const
}

/** What probes and scrapers ask every few seconds. */
const asked = /^\/(health|metrics)\b/

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
