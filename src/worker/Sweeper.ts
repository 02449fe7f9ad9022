/** Whether this worker does the rounds for which one worker of all is enough, by the answer to its last heartbeat. */
import { Context, Effect, Layer, Ref } from "effect"

export class Sweeper extends Context.Service<Sweeper, Ref.Ref<boolean>>()("accessa/worker/Sweeper") {
  static readonly layer = Layer.effect(Sweeper, Ref.make(false))
}

/** A round that one worker makes for all. */
export const forAll = <A, E, R>(round: Effect.Effect<A, E, R>): Effect.Effect<void, E, R | Sweeper> =>
  Effect.flatMap(
    Effect.flatMap(Sweeper, Ref.get),
    (elected) => elected ? Effect.asVoid(round) : Effect.void
  )
