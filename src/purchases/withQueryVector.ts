/** A question's vector, for a search. */
import { Effect } from "effect"
import { Embedder } from "../../services/Embedder.ts"
import { type QueryCall, Vectors } from "../../services/Vectors.ts"
import type { UserId } from "../domain/Ids.ts"
import type { ServiceError } from "../domain/ServiceError.ts"
import { bytesPerToken, embeddingCost } from "../policy/limits.ts"
import { makePurchases } from "./Purchases.ts"
import { recordTokens } from "./recordPurchases.ts"
import { retryWhileDatabaseIsAway } from "./retryWhileDatabaseIsAway.ts"

export const makeWithQueryVector = Effect.gen(function*() {
  const { model } = yield* Embedder
  const vectors = yield* Vectors
  const purchases = yield* makePurchases
  const scope = yield* Effect.scope

  /**
   * The search does not wait for the ledger: the payment is written while the vector is in use, or after the caller has
   * disconnected.
   */
  return Effect.fnUntraced(function*<A, R>(
    user: UserId,
    text: string,
    use: (query: Float32Array) => Effect.Effect<A, ServiceError, R>
  ) {
    const callOf = (callId: string, tokens: number): QueryCall => {
      const costUsd = embeddingCost(model.model, tokens)
      return { callId, user, model, tokens, costUsd }
    }
    const estimatedTokens = Math.ceil(Buffer.byteLength(text) / bytesPerToken)
    const call = yield* purchases.announce((callId) => vectors.announceQuery(callOf(callId, estimatedTokens)))
    const query = yield* purchases.make(
      call,
      { texts: [text], estimatedTokens },
      ({ requestId, tokens, vectors: [query] }) =>
        recordTokens("paid", tokens, embeddingCost(model.model, tokens)).pipe(
          Effect.andThen(retryWhileDatabaseIsAway(vectors.payQuery(callOf(call.callId, tokens), requestId))),
          // The sweep counts an announced call without an end as lost.
          Effect.ignore({ log: "Error" }),
          Effect.uninterruptible,
          Effect.forkIn(scope),
          Effect.as(query)
        )
    )
    // The embedder answers one vector for each text, or fails.
    return yield* use(yield* Effect.orDie(Effect.fromNullishOr(query)))
  })
})
