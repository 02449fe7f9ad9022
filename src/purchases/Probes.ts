/** Probe calls, which test a dependency independently of any document. */
import { Context, Duration, Effect, Layer, Schedule } from "effect"
import { spanAttributes } from "../../otel/names/attributes.ts"
import { DocumentParser } from "../../services/DocumentParser.ts"
import { Embedder } from "../../services/Embedder.ts"
import { Ids } from "../../services/Ids.ts"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { Vectors } from "../../services/Vectors.ts"
import type { Dependency } from "../domain/Dependency.ts"
import { dependencyCodes, errorCodes } from "../domain/ErrorCode.ts"
import { type ServiceError, TransientError } from "../domain/ServiceError.ts"
import { probe } from "../policy/circuits.ts"
import { embeddingCost } from "../policy/limits.ts"
import { recordTokens } from "./recordPurchases.ts"

export class Probes extends Context.Service<Probes, {
  /** Fails if the service is unavailable or refuses us, after a few attempts within seconds. */
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

  /** It costs one token, which is recorded in the ledger. */
  const embed = Effect.gen(function*() {
    const { requestId, tokens } = yield* embedder.probe
    const costUsd = embeddingCost(embedder.model.model, tokens)
    const call = { callId: yield* ids.uuid, model: embedder.model, tokens, costUsd }
    yield* recordTokens("paid", tokens, costUsd)
    yield* Effect.ignore(vectors.payProbe(call, requestId), { log: "Warn" })
  })

  const calls: Readonly<Record<Dependency, Effect.Effect<void, ServiceError>>> = {
    parser: parser.probe,
    embedder: embed,
    storage: storage.probe,
    // The database needs no probe: its statements fail on their own, and writes wait for it.
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
                code: dependencyCodes[dependency].timeout,
                message: `The ${dependency} did not answer within ${Duration.format(probe.patience)}.`,
                dependency
              })
            )
        }),
        Effect.retry({
          times: probe.retries,
          schedule: Schedule.spaced(probe.pause),
          // A refusal is not retried.
          while: ({ code }) => errorCodes[code].circuit !== "halts"
        }),
        Effect.withSpan("Probes.ask", { attributes: spanAttributes({ dependency }) })
      )
  })
})
