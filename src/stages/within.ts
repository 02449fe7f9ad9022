/** Work that exceeds its deadline fails with a transient error. */
import { Duration, Effect } from "effect"
import type { Dependency } from "../domain/Dependency.ts"
import { dependencyCodes } from "../domain/ErrorCode.ts"
import { TransientError } from "../domain/ServiceError.ts"

/** `dependency`: the one that it waits for. */
export const within =
  (what: string, duration: Duration.Duration, dependency: Dependency | undefined) =>
  <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E | TransientError, R> =>
    Effect.timeoutOrElse(work, {
      duration,
      orElse: () =>
        Effect.fail(
          new TransientError({
            code: dependencyCodes[dependency ?? "database"].timeout,
            message: `${what} did not end within ${Duration.format(duration)}.`,
            ...(dependency === undefined ? {} : { dependency })
          })
        )
    })
