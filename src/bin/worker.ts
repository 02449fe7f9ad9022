/** `pnpm worker`: processes jobs until it is stopped. */
import { Layer } from "effect"
import { AppLive } from "../../layers/App/App.ts"
import { launch } from "../process/launch.ts"
import { WorkerLive } from "../process/workerLayer.ts"

if (import.meta.main) launch("accessa-worker", WorkerLive.pipe(Layer.provide(AppLive)))
