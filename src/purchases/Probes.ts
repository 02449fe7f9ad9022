/**
 * Calls of our own, by which a service is judged apart from any document: it answers and takes what we ask, or fails as it fails
 * for everybody.
 */
import { Context, Duration, Effect, Layer, Schedule } from "effect"
import { DocumentParser } from "../../services/DocumentParser.ts"
import { Embedder } from "../../services/Embedder.ts"
import { Ids } from "../../services/Ids.ts"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { Vectors } from "../../services/Vectors.ts"
import { type Dependency, type ServiceError, TransientError } from "../domain/ServiceError.ts"
import { haltCodes, probe, timeoutCode } from "../policy/circuits.ts"
import { embeddingCost } from "../policy/limits.ts"

export class Probes extends Context.Service<Probes, {
  /** Fails if the service is out or refuses us, after a few tries within seconds. */
  readonly ask: (dependency: Dependency) => Effect.Effect<void, ServiceError>
}>()("accessa/purchases/Probes") {
  static readonly layer = Layer.effect(Probes, Effect.suspend(() => makeProbes))
}

const makeProbes = Effect.gen(function*() {
  const parser = yield* DocumentParser
  const embedder = yield* Embedder
  const storage = yield* ObjectStorage
  const vectors = yield* Vectors
  const ids = yield* Ids

  /** It costs a token, which stands in the ledger like every other. */
  const embed = Effect.gen(function*() {
    const { requestId, tokens } = yield* embedder.probe
    const costUsd = embeddingCost(embedder.model.model, tokens)
    const call = { callId: yield* ids.uuid, model: embedder.model, tokens, costUsd }
    yield* Effect.ignore(vectors.payProbe(call, requestId), { log: "Warn" })
  })

  const calls: Readonly<Record<Dependency, Effect.Effect<void, ServiceError>>> = {
    parser: parser.probe,
    embedder: embed,
    storage: storage.probe,
    // Its statements fail by themselves, and what is to be written waits for it.
    database: Effect.void
  }
  return Probes.of({
    ask: (dependency) =>
      calls[dependency].pipe(
        Effect.timeoutOrElse({
          duration: probe.patience,
          orElse: () =>
            Effect.fail(
              new TransientError({
                code: timeoutCode[dependency],
                message: `The ${dependency} did not answer within ${Duration.format(probe.patience)}.`,
                dependency
              })
            )
        }),
        Effect.retry({
          times: probe.retries,
          schedule: Schedule.spaced(probe.pause),
          // Whoever refuses us does so again.
          while: ({ code }) => !haltCodes.has(code)
        }),
        Effect.withSpan("Probes.ask", { attributes: { dependency } })
      )
  })
})
