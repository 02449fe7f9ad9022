/**
 * Reads that may take seconds, such as a search over all of a user's vectors: on connections of their own, so that however many
 * there are the pool is everybody's. The embedded database has one session for all: there they go one at a time.
 */
import { Context, Effect, Layer, Semaphore } from "effect"
import { SqlClient } from "effect/sql"

export class SlowReads extends Context.Service<SlowReads, {
  readonly sql: SqlClient.SqlClient
  /** Waits for its turn. Interrupted, it cancels the statement under way. */
  readonly turn: <A, E, R>(read: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}>()("accessa/layers/Database/SlowReads") {
  /** Over the client that is there. */
  static readonly layer = (connections: number) =>
    Layer.effect(
      SlowReads,
      Effect.gen(function*() {
        const turns = yield* Semaphore.make(connections)
        return SlowReads.of({ sql: yield* SqlClient.SqlClient, turn: turns.withPermits(1) })
      })
    )
}
