/** `pnpm start`: the whole production system in one process, on the embedded database, with the mock providers. */
import { Layer } from "effect"
import { AlertPortsNow } from "../../layers/App/AlertPorts.ts"
import { AppLive } from "../../layers/App/App.ts"
import { AlertingLive } from "../process/alertingLayer.ts"
import { apart } from "../process/apart.ts"
import { ApiLive } from "../process/apiLayer.ts"
import { launch } from "../process/launch.ts"
import { MockLlamaParseLive, MockOpenAILive } from "../process/mockLayers.ts"
import { MonitorLive } from "../process/monitorLayer.ts"
import { WorkerLive } from "../process/workerLayer.ts"

// The mocks outlive the worker, so that its last calls are answered while it drains.
const mocks = Layer.merge(apart(MockLlamaParseLive), apart(MockOpenAILive))

if (import.meta.main) {
  launch(
    "accessa",
    Layer.mergeAll(apart(ApiLive), apart(Layer.merge(MonitorLive, AlertingLive)), WorkerLive).pipe(
      Layer.provide(AlertPortsNow),
      Layer.provide(AppLive),
      Layer.provide(mocks)
    )
  )
}
