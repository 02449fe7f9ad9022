/** Whether this worker makes the rounds that only one worker needs to make, by the answer to its last heartbeat. */
import { Context, Effect, Function, Layer, Stream, SubscriptionRef } from "effect"

export class Sweeper extends Context.Service<Sweeper, SubscriptionRef.SubscriptionRef<boolean>>()(
  "accessa/worker/Sweeper"
) {
  static readonly layer = Layer.effect(Sweeper, SubscriptionRef.make(false))
}

/** A round that one worker makes for all: it begins as soon as this worker is elected. */
export const forAll = <A, E, R>(round: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | Sweeper> =>
  Effect.andThen(
    Effect.flatMap(Sweeper, (sweeper) =>
      Stream.runHead(Stream.filter(SubscriptionRef.changes(sweeper), Function.identity))),
    round
  )
