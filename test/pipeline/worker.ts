/** A worker in the test's process, on the stores and vendors that the test provides. */
import { Duration, Effect, Layer, Option } from "effect"
import { SecondReaderLocal } from "../../layers/DocumentParser/SecondReader.ts"
import { WorkerId } from "../../src/domain/Ids.ts"
import { callbackUrl } from "../../src/http/links/callbackUrl.ts"
import { CircuitBreakers } from "../../src/purchases/CircuitBreakers.ts"
import { EmbeddingBatches } from "../../src/stages/vectors/EmbeddingBatches.ts"
import { WorkerIdentity } from "../../src/stages/WorkerIdentity.ts"
import { Sweeper } from "../../src/worker/Sweeper.ts"
import { Worker } from "../../src/worker/Worker.ts"
import { CallbackUrl, linkSecrets } from "./vendorsOverHttp.ts"

export const workerId = WorkerId.make("00000000-0000-4000-8000-0000000000aa")

const identity = Layer.effect(
  WorkerIdentity,
  Effect.map(Effect.serviceOption(CallbackUrl), (url) => ({
    actor: `worker:${workerId}`,
    outagePatience: Duration.hours(24),
    callbackUrl: Option.getOrUndefined(Option.map(url, (base) => callbackUrl(linkSecrets, base)))
  }))
)

export const workerHere = Worker.layer({
  workerId,
  concurrency: 32,
  heartbeat: Duration.seconds(10),
  hostname: "test",
  pid: 1,
  version: "0"
}).pipe(
  Layer.provide(Layer.mergeAll(EmbeddingBatches.layer, SecondReaderLocal, Sweeper.layer)),
  Layer.provide(Layer.merge(CircuitBreakers.layer(`worker:${workerId}`), identity))
)
