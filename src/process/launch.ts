/** How every process starts: settings and telemetry, its layer until a signal, and a short message if it cannot start. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Cause, Duration, Effect, Layer, Option } from "effect"
import { umask } from "node:process"
import { makeDataDirectoryPrivate } from "../../layers/shared/privateFiles.ts"
import { telemetry, withoutSettings } from "../../otel/Telemetry.ts"
import { Leases, leases } from "../policy/leases.ts"
import { SlowStatement } from "../policy/statements.ts"
import { hardStopAfter } from "../policy/worker.ts"
import { Settings } from "../settings/Settings.ts"
import { hardStop } from "./hardStop.ts"
import { ProcessMetrics } from "./metricsLayer.ts"

interface Explained {
  readonly message: string
}

type Provided = Settings | NodeServices.NodeServices

/** Runs until it is stopped: SIGINT and SIGTERM close the layer's scope; a process that does not close in time exits. */
export const launch = <A, E extends Explained>(service: string, layer: Layer.Layer<A, E, Provided>): void => {
  Effect.runFork(hardStop(hardStopAfter))
  run(service, Layer.launch(Layer.merge(layer, ProcessMetrics(service))))
}

/** Runs to its end. Files it writes are private to their owner. A program that prints a result logs to `stderr`. */
export const run = <A, E extends Explained>(
  service: string,
  program: Effect.Effect<A, E, Provided>,
  logTo: "stdout" | "stderr" = "stdout"
): void => {
  umask(0o077)
  closed.pipe(
    Effect.andThen(program),
    Effect.tapCause(report),
    Effect.exit,
    Effect.provide(
      telemetry(service, logTo).pipe(
        Layer.provideMerge(Layer.merge(leasesFromSettings, slowFromSettings)),
        Layer.provideMerge(Settings.layer),
        Layer.provideMerge(NodeServices.layer)
      )
    ),
    Effect.tapCause((cause) => Effect.provide(report(cause), withoutSettings(service, logTo))),
    Effect.flatten,
    NodeRuntime.runMain({ disableErrorReporting: true })
  )
}

const report = (cause: Cause.Cause<Explained>) => {
  const error = Option.getOrUndefined(Cause.findErrorOption(cause))
  if (error !== undefined) return Effect.logFatal(error.message)
  return Cause.hasInterruptsOnly(cause) ? Effect.void : Effect.logFatal("The process failed unexpectedly.", cause)
}

/** On a disk without file modes, or owned by another user, the process still runs. */
const closed = Effect.flatMap(Settings, ({ dataDir }) =>
  Effect.try(() => makeDataDirectoryPrivate(dataDir)).pipe(
    Effect.catch(({ cause }) =>
      Effect.logWarning(
        `Other users may be able to read ${dataDir}; its permissions cannot be changed: ${String(cause)}.`
      )
    )
  ))

const slowFromSettings = Layer.effect(SlowStatement, Effect.map(Settings, ({ slowStatement }) => slowStatement))

const leasesFromSettings = Layer.effect(
  Leases,
  Effect.map(
    Settings,
    ({ worker }) =>
      leases({ lease: Duration.seconds(worker.leaseSeconds), heartbeat: Duration.seconds(worker.heartbeatSeconds) })
  )
)
