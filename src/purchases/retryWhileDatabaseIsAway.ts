/** Retries a write that must not be lost while the database is away: a job's next status, or a payment to the provider. */
import { Effect, Schedule } from "effect"
import type { StaleClaim } from "../domain/Move.ts"
import type { ServiceError } from "../domain/ServiceError.ts"
import { Leases } from "../policy/leases.ts"

export const retryWhileDatabaseIsAway = <A, E extends ServiceError | StaleClaim, R>(write: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Leases, ({ insistFor }) =>
    Effect.retry(write, {
      schedule: Schedule.spaced("500 millis").pipe(Schedule.jittered, Schedule.upTo({ duration: insistFor })),
      while: isDatabaseAway
    }))

const isDatabaseAway = (error: ServiceError | StaleClaim): boolean =>
  error._tag === "TransientError" || error._tag === "RecoverableError"
