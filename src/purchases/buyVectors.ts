/**
 * One embeddings request with its place in the ledger: announced before it is made, settled after. What one text, job or user
 * does to a request that many share is singled out, so that each ends as it would have ended alone.
 */
import { Clock, Duration, Effect, Exit } from "effect"
import { Embedder } from "../../services/Embedder.ts"
import { Ids } from "../../services/Ids.ts"
import { Vectors } from "../../services/Vectors.ts"
import type { UserId } from "../domain/Ids.ts"
import type { ServiceError } from "../domain/ServiceError.ts"
import { answeredCodes } from "../policy/embedding.ts"
import { apartFor, tenantSplitsAtMost } from "../policy/limits.ts"
import { CircuitBreakers } from "./CircuitBreakers.ts"
import { retryWhileDatabaseIsAway } from "./retryWhileDatabaseIsAway.ts"
import {
  allFailed,
  type Ends,
  estimate,
  type Failure,
  halves,
  merged,
  purchase,
  single,
  type Slice,
  textByText,
  usersOf,
  verdict
} from "./Slice.ts"
import { makeStoreBought } from "./storeBought.ts"

/** What came of one request. */
interface Asked {
  readonly ends: Ends
  /** Those that nothing was bought for, as the call failed for all of them. */
  readonly going: ReadonlyArray<Slice>
  readonly error: Failure | undefined
}

export interface Bought {
  readonly ends: Ends
  /** Slices of one user each, among whose texts at least one is refused. */
  readonly suspects: ReadonlyArray<ReadonlyArray<Slice>>
}

export const makeBuyer = Effect.gen(function*() {
  const embedder = yield* Embedder
  const vectors = yield* Vectors
  const breakers = yield* CircuitBreakers
  const ids = yield* Ids
  const storeBought = makeStoreBought(vectors)
  const apartUntil = new Map<UserId, number>()

  const setApart = Effect.fnUntraced(function*(users: ReadonlyArray<UserId>) {
    const until = (yield* Clock.currentTimeMillis) + Duration.toMillis(apartFor)
    for (const user of users) apartUntil.set(user, until)
  })

  /** No two slices are of one job: the ledger has one row for each call and job. */
  const ask = Effect.fn("EmbeddingBatches.buy")(function*(asked: ReadonlyArray<Slice>) {
    const admission = yield* breakers.admit("embedder")
    const callId = yield* ids.uuid
    const order = (of: ReadonlyArray<Slice>, tokens: number) => purchase(callId, embedder.model, of, tokens)
    const announced = yield* Effect.result(vectors.announce(order(asked, estimate(asked))))
    if (announced._tag === "Failure") return failedFor(asked, announced.failure)
    const refused = announced.success
    const ends = new Map<Slice["job"]["job_id"], Exit.Exit<void, Failure>>()
    for (const [id, failure] of refused) ends.set(id, Exit.fail(failure))
    const going = asked.filter(({ job }) => !refused.has(job.job_id))
    if (going.length === 0) return { ends, going, error: undefined }

    const texts = going.flatMap(({ chunks }) => chunks.map((chunk) => chunk.text))
    // What is paid for is stored, or stands in the ledger as lost, even if everybody is told to stop meanwhile.
    const failure = yield* Effect.uninterruptibleMask(Effect.fnUntraced(function*(restore) {
      const bought = yield* restore(Effect.result(embedder.embed(texts)))
      if (bought._tag === "Failure") {
        const isPaid = answeredCodes.has(bought.failure.code)
        yield* retryWhileDatabaseIsAway(isPaid ? vectors.lose(callId) : vectors.withdraw(callId))
        return bought.failure
      }
      const { requestId, tokens, vectors: found } = bought.success
      for (const [id, end] of yield* storeBought(order(going, tokens), found, requestId)) ends.set(id, end)
      return undefined
    }))
    const error = failure === undefined ? undefined : yield* breakers.judge(failure, admission)
    return { ends, going, error }
  })

  const failedFor = (going: ReadonlyArray<Slice>, error: ServiceError): Asked => ({ ends: new Map(), going, error })

  /** Whether a text may be to blame for a failed call: the service has answered a call of our own. */
  const judged = Effect.fnUntraced(function*(error: Failure) {
    const found = verdict(error)
    if (found !== "dimensions") return found === "unavailable" ? yield* whileWell : found
    return Exit.isSuccess(yield* Effect.exit(embedder.probe)) ? "text" as const : undefined
  })
  const whileWell = breakers.admit("embedder").pipe(
    Effect.match({ onFailure: () => undefined, onSuccess: () => "text" as const })
  )

  /** For many users: none of them waits for the search among another one's texts, which is still to be made. */
  const buy = (slices: ReadonlyArray<Slice>): Effect.Effect<Bought, Failure> => {
    let splits = tenantSplitsAtMost
    const attempt = (asked: ReadonlyArray<Slice>): Effect.Effect<Bought, Failure> =>
      Effect.gen(function*() {
        const { ends, error, going } = yield* ask(asked)
        if (error === undefined) return { ends, suspects: [] }
        const found = yield* judged(error)
        const users = usersOf(going)
        if (users.length > 1 && (found === "text" || (found === "user" && splits-- > 0))) {
          const parts = halves(users).map((some) => going.filter(({ job }) => some.includes(job.user_id)))
          const both = yield* Effect.forEach(parts, attempt)
          return {
            ends: merged([ends, ...both.map((part) => part.ends)]),
            suspects: both.flatMap((part) => part.suspects)
          }
        }
        if (found === "text") {
          yield* setApart(users)
          if (!single(going)) return { ends, suspects: [going] }
        }
        // Nobody knows whose it was, and asking again would cost as much again: from now on each pays for himself.
        if (found === "unknown" && users.length > 1) yield* setApart(users)
        return { ends: merged([ends, allFailed(going, error)]), suspects: [] }
      })
    return attempt(slices)
  }

  /** Among one user's texts, in halves down to those that are refused alone: at most two calls a text. */
  const search = (slices: ReadonlyArray<Slice>): Effect.Effect<Ends, Failure> =>
    Effect.gen(function*() {
      const parts = yield* Effect.forEach(halves(textByText(slices)), (part) =>
        Effect.gen(function*() {
          const { ends, error, going } = yield* ask(part)
          if (error === undefined) return ends
          const isText = (yield* judged(error)) === "text"
          if (!isText || single(going)) return merged([ends, allFailed(going, error)])
          return merged([ends, yield* search(going)])
        }))
      return merged(parts)
    })

  return {
    buy,
    search,
    /** Whose texts go in requests of their own for a while. */
    isApart: (user: UserId) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const until = apartUntil.get(user)
        if (until !== undefined && until <= now) apartUntil.delete(user)
        return until !== undefined && until > now
      })
  }
})
