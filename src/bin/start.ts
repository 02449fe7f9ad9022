/** `pnpm start`: the whole production system in one process, on the embedded database, with the mock providers. */
import { Layer } from "effect"
import { AppLive } from "../../layers/App/App.ts"
import { AlertingLive } from "./alertingLayer.ts"
import { AlertPortsNow } from "./alertPorts.ts"
import { apart } from "./apart.ts"
import { ApiLive } from "./apiLayer.ts"
import { launch } from "./launch.ts"
import { MockLlamaParseLive, MockOpenAILive } from "./mockLayers.ts"
import { MonitorLive } from "./monitorLayer.ts"
import { WorkerLive } from "./workerLayer.ts"

// The mocks outlive the worker, so that its last calls are answered while it drains.
const mocks = Layer.merge(apart(MockLlamaParseLive), apart(MockOpenAILive))

launch(
  "accessa",
  Layer.mergeAll(apart(ApiLive), apart(Layer.merge(MonitorLive, AlertingLive)), WorkerLive).pipe(
    Layer.provide(AlertPortsNow),
    Layer.provide(AppLive),
    Layer.provide(mocks)
  )
)
