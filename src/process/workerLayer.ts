/** The worker on its stages, with its health endpoint, for `worker` and `start`. */
import { Duration, Effect, Layer } from "effect"
import { hostname } from "node:os"
import { pid } from "node:process"
import { Ids } from "../../services/Ids.ts"
import { WorkerId } from "../domain/Ids.ts"
import { callbackUrl } from "../http/links/callbackUrl.ts"
import { CircuitBreakers } from "../purchases/CircuitBreakers.ts"
import { Settings } from "../settings/Settings.ts"
import { CoverageRules } from "../stages/CoverageRules.ts"
import { IntakeRules } from "../stages/IntakeRules.ts"
import { EmbeddingBatches } from "../stages/vectors/EmbeddingBatches.ts"
import { WorkerIdentity } from "../stages/WorkerIdentity.ts"
import { Compliance } from "../worker/Compliance.ts"
import { Deliveries } from "../worker/Deliveries.ts"
import { WorkerHealth } from "../worker/health.ts"
import { HourlyFiguresLoop } from "../worker/HourlyFigures.ts"
import { Inspecting } from "../worker/Inspecting.ts"
import { Pruning } from "../worker/Pruning.ts"
import { Sweeper } from "../worker/Sweeper.ts"
import { Worker } from "../worker/Worker.ts"
import { InspectorLive } from "./inspectorLayer.ts"
import { listen } from "./listen.ts"
import { StartedMetrics } from "./metricsLayer.ts"

export const WorkerLive = Layer.unwrap(Effect.gen(function*() {
  const settings = yield* Settings
  const { host, kept, metrics, parser, ports, publicUrl, linkSecrets, version, worker } = settings
  const ids = yield* Ids
  const workerId = WorkerId.make(yield* ids.uuid)
  const actor = `worker:${workerId}`
  const identity = Layer.succeed(WorkerIdentity, {
    actor,
    outagePatience: Duration.hours(worker.outageHours),
    callbackUrl: parser === "local" ? undefined : callbackUrl(linkSecrets, publicUrl)
  })
  const server = listen({ host, port: ports.workerHealth, setting: "WORKER_HEALTH_PORT" })
  return WorkerHealth(metrics).pipe(
    Layer.provide(server),
    Layer.provideMerge(Worker.layer({
      workerId,
      concurrency: worker.concurrency,
      heartbeat: Duration.seconds(worker.heartbeatSeconds),
      hostname: hostname(),
      pid,
      version
    }))
  ).pipe(
    Layer.merge(StartedMetrics("worker")),
    Layer.merge(Deliveries),
    Layer.merge(Pruning(kept)),
    Layer.merge(HourlyFiguresLoop),
    Layer.merge(Compliance),
    Layer.merge(Layer.provide(Inspecting(workerId), InspectorLive(workerId))),
    Layer.provide(EmbeddingBatches.layer),
    Layer.provide(Sweeper.layer),
    Layer.provide(
      Layer.mergeAll(
        CircuitBreakers.layer(actor),
        identity,
        Layer.succeed(CoverageRules, settings.coverage),
        Layer.succeed(IntakeRules, { quotaBytes: settings.bounds.storageMb * 1_000_000 })
      )
    )
  )
}))
