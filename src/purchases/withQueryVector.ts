/** A question's vector, bought with its place in the ledger: a budget that is used up refuses it before the call. */
import { Cause, Effect, Fiber, Option } from "effect"
import { Embedder } from "../../services/Embedder.ts"
import { Ids } from "../../services/Ids.ts"
import { type QueryCall, Vectors } from "../../services/Vectors.ts"
import type { UserId } from "../domain/Ids.ts"
import { type ServiceError, TransientError } from "../domain/ServiceError.ts"
import { answeredCodes } from "../policy/embedding.ts"
import { bytesPerToken, embeddingCost } from "../policy/limits.ts"

export const makeWithQueryVector = Effect.gen(function*() {
  const embedder = yield* Embedder
  const vectors = yield* Vectors
  const { uuid } = yield* Ids
  const { model } = embedder

  const buy = Effect.fnUntraced(function*(text: string) {
    const { requestId, tokens, vectors: [query] } = yield* embedder.embed([text])
    if (query !== undefined) return { query, requestId, tokens }
    const message = "The embedding provider's response has no vector."
    return yield* new TransientError({ code: "EMBED_INVALID_RESPONSE", message, dependency: "embedder" })
  })

  /** The caller does not wait for the ledger: the cost is recorded while the vector is being used. */
  return <A, R>(user: UserId, text: string, use: (query: Float32Array) => Effect.Effect<A, ServiceError, R>) =>
    Effect.uninterruptibleMask(Effect.fnUntraced(function*(restore) {
      const callId = yield* uuid
      const callOf = (tokens: number): QueryCall => {
        const costUsd = embeddingCost(model.model, tokens)
        return { callId, user, model, tokens, costUsd }
      }
      yield* vectors.announceQuery(callOf(Math.ceil(Buffer.byteLength(text) / bytesPerToken)))
      const { query, requestId, tokens } = yield* restore(buy(text)).pipe(
        Effect.onError((cause) => noting(mayBeBilled(cause) ? vectors.lose(callId) : vectors.withdraw(callId)))
      )
      const paying = yield* Effect.forkChild(noting(vectors.payQuery(callOf(tokens), requestId)))
      return yield* Effect.ensuring(restore(use(query)), Fiber.await(paying))
    }))
})

/** A row that cannot be settled now is written off by the sweep at the announced cost. */
const noting = (write: Effect.Effect<void, ServiceError>) => Effect.ignore(write, { log: "Warn" })

/** A caller that disconnects does not stop the provider. */
const mayBeBilled = (cause: Cause.Cause<ServiceError>): boolean =>
  Option.match(Cause.findErrorOption(cause), { onNone: () => true, onSome: ({ code }) => answeredCodes.has(code) })
