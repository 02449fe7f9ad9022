/**
 * Buys the vectors of many jobs in one request. Failures caused by one text, job or user of a shared request are isolated,
 * so that each job ends as it would alone.
 */
import { Clock, Duration, Effect, Exit } from "effect"
import { Embedder } from "../../services/Embedder.ts"
import { Vectors } from "../../services/Vectors.ts"
import type { UserId } from "../domain/Ids.ts"
import type { ServiceError } from "../domain/ServiceError.ts"
import { apartFor, tenantSplitsAtMost } from "../policy/limits.ts"
import { CircuitBreakers } from "./CircuitBreakers.ts"
import { makePurchases } from "./Purchases.ts"
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

const halvesByUser = (slices: ReadonlyArray<Slice>) =>
  halves(usersOf(slices)).map((some) => slices.filter(({ job }) => some.includes(job.userId)))

/** The outcome of one request. */
interface Asked {
  readonly ends: Ends
  /** The slices for which nothing was bought, because the whole call failed. */
  readonly going: ReadonlyArray<Slice>
  readonly error: Failure | undefined
}

interface Bought {
  readonly ends: Ends
  /** Slices of one user each, with at least one rejected text. */
  readonly suspects: ReadonlyArray<ReadonlyArray<Slice>>
}

export const makeBuyer = Effect.gen(function*() {
  const embedder = yield* Embedder
  const vectors = yield* Vectors
  const breakers = yield* CircuitBreakers
  const purchases = yield* makePurchases
  const storeBought = makeStoreBought(vectors)
  const apartUntil = new Map<UserId, number>()

  const setApart = Effect.fnUntraced(function*(users: ReadonlyArray<UserId>) {
    const until = (yield* Clock.currentTimeMillis) + Duration.toMillis(apartFor)
    for (const user of users) apartUntil.set(user, until)
  })

  /** At most one slice per job: the ledger has one row per call and job. */
  const ask = Effect.fn("EmbeddingBatches.buy")(function*(asked: ReadonlyArray<Slice>) {
    const order = (callId: string, slices: ReadonlyArray<Slice>, tokens: number) =>
      purchase(callId, embedder.model, slices, tokens)
    const announced = yield* Effect.result(
      purchases.announce((callId) => vectors.announce(order(callId, asked, estimate(asked))))
    )
    if (announced._tag === "Failure") return failedFor(asked, announced.failure)
    const { answer: refused, callId } = announced.success
    const refusals: Ends = new Map(Array.from(refused, ([id, failure]) => [id, Exit.fail(failure)]))
    const going = asked.filter(({ job }) => !refused.has(job.jobId))
    if (going.length === 0) return { ends: refusals, going, error: undefined }

    const texts = going.flatMap(({ chunks }) => chunks.map((chunk) => chunk.text))
    const made = yield* Effect.result(
      purchases.make(
        announced.success,
        { texts, estimatedTokens: estimate(going) },
        ({ requestId, tokens, vectors: found }) => storeBought(order(callId, going, tokens), found, requestId)
      )
    )
    return made._tag === "Failure"
      ? { ends: refusals, going, error: made.failure }
      : { ends: merged([refusals, made.success]), going, error: undefined }
  })

  const failedFor = (going: ReadonlyArray<Slice>, error: ServiceError): Asked => ({ ends: new Map(), going, error })

  /** Whether a text may have caused a failed call: the service has answered a probe. */
  const judged = Effect.fnUntraced(function*(error: Failure) {
    const found = verdict(error)
    if (found !== "dimensions") return found === "unavailable" ? yield* whileWell : found
    return Exit.isSuccess(yield* Effect.exit(embedder.probe)) ? "text" as const : undefined
  })
  const whileWell = breakers.admit("embedder").pipe(
    Effect.match({ onFailure: () => undefined, onSuccess: () => "text" as const })
  )

  /**
   * For many users: none of them waits for the search among another user's texts. Each answered request pays for further
   * splits of rate-limited ones; without any answer the limit is ours, and all wait.
   */
  const buy = Effect.fnUntraced(function*(slices: ReadonlyArray<Slice>) {
    const ends: Array<Ends> = []
    const suspects: Array<ReadonlyArray<Slice>> = []
    let splits = tenantSplitsAtMost
    let round = [slices]
    while (round.length > 0) {
      const next: Array<ReadonlyArray<Slice>> = []
      const limited: Array<{ readonly going: ReadonlyArray<Slice>; readonly error: Failure }> = []
      for (const asked of round) {
        const { ends: known, error, going } = yield* ask(asked)
        ends.push(known)
        if (error === undefined) {
          if (going.length > 0) splits += tenantSplitsAtMost
          continue
        }
        const found = yield* judged(error)
        const users = usersOf(going)
        if (users.length > 1 && found === "user") limited.push({ going, error })
        else if (users.length > 1 && found === "text") next.push(...halvesByUser(going))
        else {
          // If the cause is unknown, repeating the call would cost the same again: from now on each user gets separate
          // requests.
          if (found === "text" || (found === "unknown" && users.length > 1)) yield* setApart(users)
          if (found === "text" && !single(going)) suspects.push(going)
          else ends.push(allFailed(going, error))
        }
      }
      for (const { error, going } of limited) {
        if (splits-- > 0) next.push(...halvesByUser(going))
        else ends.push(allFailed(going, error))
      }
      round = next
    }
    return { ends: merged(ends), suspects } satisfies Bought
  })

  /** Among one user's texts, in halves down to the rejected ones: at most two calls per text. */
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
    /** Users whose texts get separate requests for a while. */
    isApart: (user: UserId) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const until = apartUntil.get(user)
        if (until !== undefined && until <= now) apartUntil.delete(user)
        return until !== undefined && until > now
      })
  }
})
