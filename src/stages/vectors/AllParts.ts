/**
 * Waits for all parts of a job's chunks before a failed one ends it; otherwise what the others buy would arrive too late to
 * be stored.
 */
import { Deferred, Effect, Exit } from "effect"
import type { Failure } from "../../purchases/Slice.ts"

export interface AllParts {
  /** How many of them have ended with this outcome. */
  readonly end: (count: number, exit: Exit.Exit<void, Failure>) => Effect.Effect<void>
  readonly hasFailed: () => boolean
  /** Ends with the last part; fails with the first failure, if there is one. */
  readonly ended: Effect.Effect<void, Failure>
}

export const makeAllParts = Effect.fnUntraced(function*(parts: number) {
  const last = yield* Deferred.make<void, Failure>()
  let open = parts
  let ending: Exit.Exit<void, Failure> = Exit.void
  const allParts: AllParts = {
    end: (count, exit) =>
      Effect.suspend(() => {
        open -= count
        if (Exit.isSuccess(ending)) ending = exit
        return open > 0 ? Effect.void : Deferred.done(last, ending)
      }),
    hasFailed: () => Exit.isFailure(ending),
    ended: parts === 0 ? Effect.void : Deferred.await(last)
  }
  return allParts
})
