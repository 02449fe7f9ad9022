/** How every process starts: its settings and telemetry, its layer until a signal, and one sentence if it can not start. */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Cause, Effect, Layer, Option } from "effect"
import { telemetry } from "../../otel/Telemetry.ts"
import { hardStopAfter } from "../policy/worker.ts"
import { Settings } from "../Settings.ts"
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

/** Runs to its end. */
export const run = <A, E extends Explained>(service: string, program: Effect.Effect<A, E, Provided>): void =>
  program.pipe(
    Effect.provide(telemetry(service).pipe(Layer.provideMerge(Settings.layer), Layer.provideMerge(NodeServices.layer))),
    Effect.tapCause((cause) => {
      const error = Option.getOrUndefined(Cause.findErrorOption(cause))
      if (error !== undefined) return Effect.logFatal(error.message)
      return Cause.hasInterruptsOnly(cause) ? Effect.void : Effect.logFatal("The program broke down.", cause)
    }),
    NodeRuntime.runMain({ disableErrorReporting: true })
  )
