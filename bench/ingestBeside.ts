/** One run that only sends the documents: workers of their own do the work. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer, References } from "effect"
import { AppLive } from "../layers/App/App.ts"
import { Settings } from "../src/settings/Settings.ts"
import { ingestFolder } from "./ingestFolder.ts"

ingestFolder.pipe(
  Effect.provide(
    AppLive.pipe(
      Layer.provideMerge(Settings.layer),
      Layer.provideMerge(Layer.merge(NodeServices.layer, Layer.succeed(References.MinimumLogLevel, "Warn")))
    )
  ),
  NodeRuntime.runMain
)
