/** Circuit breakers over circuits in memory, with probes answered by the test. */
import { Context, Duration, Effect, Layer } from "effect"
import type { Dependency } from "../../../src/domain/Dependency.ts"
import type { ServiceError } from "../../../src/domain/ServiceError.ts"
import { CircuitBreakers } from "../../../src/purchases/CircuitBreakers.ts"
import { Probes } from "../../../src/purchases/Probes.ts"
import { WorkerIdentity } from "../../../src/stages/WorkerIdentity.ts"
import { CircuitsMemory } from "../../twins/CircuitsMemory.ts"

export class ProbeAnswers extends Context.Service<ProbeAnswers, {
  /** How a dependency fails; one that is not named is healthy. */
  readonly failing: Map<Dependency, ServiceError>
  readonly asked: Array<Dependency>
}>()("accessa/test/ProbeAnswers") {}

export const probes = Layer.effectContext(Effect.sync(() => {
  const answers = ProbeAnswers.of({ failing: new Map(), asked: [] })
  return Context.make(ProbeAnswers, answers).pipe(Context.add(Probes, {
    ask: (dependency) =>
      Effect.suspend(() => {
        answers.asked.push(dependency)
        const error = answers.failing.get(dependency)
        return error === undefined ? Effect.void : Effect.fail(error)
      })
  }))
}))

/** The provider refuses our key: halts the embedder. */
export const keyRefused = {
  dependency: "embedder",
  generation: 0,
  code: "EMBED_AUTH",
  message: "The key is refused.",
  failures: 1,
  probeAfter: Duration.minutes(5),
  actor: "worker:1"
} as const

const aProcess = (actor: string) =>
  Layer.succeed(WorkerIdentity, { actor, callbackUrl: undefined, outagePatience: Duration.hours(24) })

export const breakers = CircuitBreakers.layerWithProbes("worker:test").pipe(
  Layer.provideMerge(Layer.mergeAll(CircuitsMemory, probes, aProcess("worker:test")))
)
