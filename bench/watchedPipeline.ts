/** One run of the pipeline with the API, and with the telemetry that the settings ask for. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer } from "effect"
import { AppLive } from "../layers/App/App.ts"
import { telemetry } from "../otel/Telemetry.ts"
import { apart } from "../src/process/apart.ts"
import { ApiLive } from "../src/process/apiLayer.ts"
import { ProcessMetrics } from "../src/process/metricsLayer.ts"
import { WorkerLive } from "../src/process/workerLayer.ts"
import { Settings } from "../src/settings/Settings.ts"
import { ingestFolder } from "./ingestFolder.ts"

ingestFolder.pipe(
  Effect.provide(
    Layer.mergeAll(WorkerLive, apart(ApiLive), ProcessMetrics("accessa")).pipe(
      Layer.provideMerge(AppLive),
      Layer.provideMerge(telemetry("accessa")),
      Layer.provideMerge(Settings.layer),
      Layer.provideMerge(NodeServices.layer)
    )
  ),
  NodeRuntime.runMain
)
