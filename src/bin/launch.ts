/** How every process starts: its settings and telemetry, its layer until a signal, and one sentence if it cannot start. */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Cause, Effect, Layer, Option } from "effect"
import { umask } from "node:process"
import { closeDataDirectory } from "../../layers/ownersAlone.ts"
import { telemetry } from "../../otel/Telemetry.ts"
import { hardStopAfter } from "../policy/worker.ts"
import { Settings } from "../settings/Settings.ts"
import { hardStop } from "./hardStop.ts"

interface Explained {
  readonly message: string
}

type Provided = Settings | NodeServices.NodeServices

/** Runs until it is stopped; SIGINT and SIGTERM close the layer's scope, and what does not close in time is stopped hard. */
export const launch = <A, E extends Explained>(service: string, layer: Layer.Layer<A, E, Provided>): void => {
  Effect.runFork(hardStop(hardStopAfter))
  run(service, Layer.launch(layer))
}

/** Runs to its end. What it writes is its owner's alone. */
export const run = <A, E extends Explained>(service: string, program: Effect.Effect<A, E, Provided>): void => {
  umask(0o077)
  closed.pipe(
    Effect.andThen(program),
    Effect.provide(telemetry(service).pipe(Layer.provideMerge(Settings.layer), Layer.provideMerge(NodeServices.layer))),
    Effect.tapCause((cause) => {
      const error = Option.getOrUndefined(Cause.findErrorOption(cause))
      if (error !== undefined) return Effect.logFatal(error.message)
      return Cause.hasInterruptsOnly(cause) ? Effect.void : Effect.logFatal("The program broke down.", cause)
    }),
    NodeRuntime.runMain({ disableErrorReporting: true })
  )
}

/** On a disk that has no modes, or is another user's, the program runs all the same. */
const closed = Effect.flatMap(Settings, ({ dataDir }) =>
  Effect.try(() => closeDataDirectory(dataDir)).pipe(
    Effect.catch(({ cause }) =>
      Effect.logWarning(
        `Others may be able to read what lies in ${dataDir}, and that cannot be changed: ${String(cause)}.`
      )
    )
  ))
