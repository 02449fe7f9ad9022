/**
 * Reads that may take seconds, such as a search over all of a user's vectors: on separate connections, so that they cannot
 * exhaust the pool. The embedded database has one session, where they run one at a time.
 */
import { Context, Effect, Layer, Semaphore } from "effect"
import { SqlClient } from "effect/sql"

export class SlowReads extends Context.Service<SlowReads, {
  readonly sql: SqlClient.SqlClient
  /** Waits for its turn. If interrupted, cancels the running statement. */
  readonly turn: <A, E, R>(read: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}>()("accessa/layers/Database/SlowReads") {
  /** Uses the existing client. */
  static readonly layer = (connections: number) =>
    Layer.effect(
      SlowReads,
      Effect.gen(function*() {
        const turns = yield* Semaphore.make(connections)
        return SlowReads.of({ sql: yield* SqlClient.SqlClient, turn: turns.withPermits(1) })
      })
    )
}
