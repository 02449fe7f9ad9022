/** Stores a call's vectors; each job's outcome is independent of the others. */
import { Cause, Effect, Exit, Option } from "effect"
import type { Purchase, Vectors } from "../../services/Vectors.ts"
import { StaleClaim } from "../domain/Move.ts"
import { recordShares } from "./recordPurchases.ts"
import { retryWhileDatabaseIsAway } from "./retryWhileDatabaseIsAway.ts"
import { type Ends, halves, merged } from "./Slice.ts"

export const makeStoreBought = (vectors: Vectors["Service"]) => {
  /** A failed statement is retried in halves, down to the failing job. */
  const store = (
    order: Purchase,
    found: ReadonlyArray<Float32Array>,
    requestId: string
  ): Effect.Effect<Ends> =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(retryWhileDatabaseIsAway(vectors.store(order, found, requestId)))
      if (Exit.isSuccess(exit)) {
        return new Map(order.shares.map(({ job: { jobId } }) => [
          jobId,
          exit.value.has(jobId) ? Exit.fail(new StaleClaim({ jobId })) : Exit.void
        ]))
      }
      // An unavailable database affects all jobs.
      const isShared = Exit.isFailure(exit)
        && Option.exists(Cause.findErrorOption(exit.cause), ({ _tag }) => _tag !== "PermanentError")
      if (order.shares.length > 1 && !isShared) {
        let from = 0
        const parts: Array<Ends> = []
        for (const shares of halves(order.shares)) {
          const to = from + shares.reduce((total, { chunks }) => total + chunks.length, 0)
          parts.push(yield* store({ ...order, shares }, found.slice(from, to), requestId))
          from = to
        }
        return merged(parts)
      }
      return new Map(order.shares.map(({ job: { jobId } }) => [jobId, Exit.failCause(exit.cause)]))
    })

  return Effect.fnUntraced(function*(order: Purchase, found: ReadonlyArray<Float32Array>, requestId: string) {
    const ends = yield* store(order, found, requestId)
    yield* recordShares(order, ends)
    // Whatever is still announced was not stored.
    if ([...ends.values()].some(Exit.isFailure)) {
      yield* Effect.ignore(vectors.lose(order.callId), { log: "Warn" })
    }
    return ends
  })
}
