/** One run of the pipeline alone. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer, References } from "effect"
import { AppLive } from "../layers/App/App.ts"
import { WorkerLive } from "../src/process/workerLayer.ts"
import { Settings } from "../src/settings/Settings.ts"
import { ingestFolder } from "./ingestFolder.ts"

/** Like a process without a collector. */
const quiet = Layer.mergeAll(
  Layer.succeed(References.MinimumLogLevel, "Warn"),
  Layer.succeed(References.TracerEnabled, false)
)

ingestFolder.pipe(
  Effect.provide(
    WorkerLive.pipe(
      Layer.provideMerge(AppLive),
      Layer.provideMerge(Settings.layer),
      Layer.provideMerge(Layer.merge(NodeServices.layer, quiet))
    )
  ),
  NodeRuntime.runMain
)
