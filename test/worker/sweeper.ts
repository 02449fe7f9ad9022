/** A process whose last heartbeat made it the sweeper. */
import { Layer, SubscriptionRef } from "effect"
import { Sweeper } from "../../src/worker/Sweeper.ts"

export const sweeper = Layer.effect(Sweeper, SubscriptionRef.make(true))
