/** The circuits of a worker of a test's own, with the process it runs in. */
import { Layer } from "effect"
import { Breakers } from "../../src/stages/Breakers.ts"
import { Pipeline } from "../../src/stages/Pipeline.ts"
import { ProvidersMemory } from "./ProvidersMemory.ts"

export const breakers = Breakers.layer.pipe(
  Layer.provideMerge(ProvidersMemory),
  Layer.provideMerge(Layer.succeed(Pipeline, { actor: "worker:test", callbackUrl: undefined }))
)
