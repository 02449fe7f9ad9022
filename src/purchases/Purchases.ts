/**
 * The one way to buy embeddings, for jobs and for searches: the circuit admits the call, the ledger announces it, and whatever
 * comes of it ends the ledger's row. A row that cannot be ended is written off by the sweep, at what was announced.
 */
import { Cause, Effect, Option } from "effect"
import { Embedder } from "../../services/Embedder.ts"
import { Ids } from "../../services/Ids.ts"
import { Vectors } from "../../services/Vectors.ts"
import { errorCodes } from "../domain/ErrorCode.ts"
import type { ServiceError } from "../domain/ServiceError.ts"
import { CircuitBreakers } from "./CircuitBreakers.ts"
import type { LocalCircuits } from "./LocalCircuit.ts"
import { recordLostCall } from "./recordPurchases.ts"
import { retryWhileDatabaseIsAway } from "./retryWhileDatabaseIsAway.ts"

/** A call that may be made. */
export interface AnnouncedCall<A> {
  readonly callId: string
  readonly admission: LocalCircuits
  /** What the ledger answered. */
  readonly answer: A
}

interface Order {
  readonly texts: ReadonlyArray<string>
  /** As the ledger announced them. */
  readonly estimatedTokens: number
}

type Embeddings = Effect.Success<ReturnType<Embedder["Service"]["embed"]>>

export const makePurchases = Effect.gen(function*() {
  const embedder = yield* Embedder
  const vectors = yield* Vectors
  const breakers = yield* CircuitBreakers
  const { uuid } = yield* Ids

  const endUnbought = (callId: string, estimatedTokens: number, cause: Cause.Cause<ServiceError>) => {
    const failure = Option.getOrUndefined(Cause.findErrorOption(cause))
    // An interrupt does not stop the provider, and a stopping process does not wait for the database. The sweep counts rows
    // that could not be ended as lost, so failures below are only logged.
    const lost = recordLostCall(embedder.model.model, estimatedTokens)
    if (failure === undefined) return Effect.andThen(lost, Effect.ignore(vectors.lose(callId), { log: "Warn" }))
    const end = (write: Effect.Effect<void, ServiceError>) =>
      Effect.ignore(retryWhileDatabaseIsAway(write), { log: "Warn" })
    return errorCodes[failure.code].billed
      ? Effect.andThen(lost, end(vectors.lose(callId)))
      : end(vectors.withdraw(callId))
  }

  return {
    /** Fails before anything is written while the circuit is not closed, and before the call if the ledger refuses it. */
    announce: <A>(write: (callId: string) => Effect.Effect<A, ServiceError>) =>
      Effect.gen(function*() {
        const admission = yield* breakers.admit("embedder")
        const callId = yield* uuid
        const call: AnnouncedCall<A> = { callId, admission, answer: yield* write(callId) }
        return call
      }),
    /** Makes the call. An interrupt stops it until it is answered; what was answered is paid for, and `keep` runs to its end. */
    make: <A>(
      { admission, callId }: AnnouncedCall<unknown>,
      { estimatedTokens, texts }: Order,
      keep: (bought: Embeddings) => Effect.Effect<A>
    ) =>
      Effect.uninterruptibleMask((restore) =>
        restore(embedder.embed(texts)).pipe(
          Effect.onError((cause) => endUnbought(callId, estimatedTokens, cause)),
          Effect.catch((failure) => restore(Effect.flatMap(breakers.judge(failure, admission), Effect.fail))),
          Effect.flatMap(keep)
        )
      )
  }
})
