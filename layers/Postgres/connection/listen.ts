/**
 * LISTEN that survives restarts of the database. All listeners of a process share one connection outside the pool: a small
 * pool would have none left for statements.
 */
import { PgClient, PgConnection } from "@effect/sql-pg"
import { Context, Effect, Fiber, Layer, Option, PubSub, RcMap, RcRef, Schedule, Stream } from "effect"
import type { SqlError, Statement } from "effect/sql"
import { listenerPatience } from "../../../src/policy/connections.ts"

export class Notifications extends Context.Service<Notifications, {
  /**
   * The payloads on a channel. An empty one is emitted when listening begins and after each lost connection: earlier
   * notifications may be lost, so the listener must check.
   */
  readonly subscribe: (channel: string) => Stream.Stream<string>
  /**
   * The rows of a statement that a busy pool must not delay: it runs on the connection that listens, and on the pool if that
   * does not answer, so it may run twice. A silent connection is replaced.
   */
  readonly ask: (statement: Statement.Statement<object>) => Effect.Effect<ReadonlyArray<object>, SqlError.SqlError>
}>()("accessa/layers/Database/Notifications") {
  static readonly layer = Layer.effect(
    Notifications,
    Effect.gen(function*() {
      const { config } = yield* PgClient.PgClient
      const session = yield* RcRef.make({
        acquire: Effect.flatMap(PgConnection.make(config), (connection) => connection.pin)
      })
      const channels = yield* RcMap.make({
        lookup: (channel: string) => openChannel(session, channel),
        idleTimeToLive: "30 seconds"
      })
      const scope = yield* Effect.scope
      const onListener = (statement: Statement.Statement<object>) =>
        Effect.scoped(Effect.flatMap(RcRef.get(session), (connection) => connection.query(...statement.compile())))
      return Notifications.of({
        ask: (statement) =>
          Effect.gen(function*() {
            const asked = yield* Effect.forkIn(onListener(statement), scope)
            const answer = yield* Effect.timeoutOption(Fiber.join(asked), listenerPatience)
            if (Option.isSome(answer)) return answer.value.rows
            // Not waited for: the driver closes a connection that does not even take a cancellation within 5 s.
            yield* Effect.forkIn(Fiber.interrupt(asked), scope)
            return yield* statement
          }).pipe(Effect.catch(() => statement)),
        subscribe: (channel) =>
          Stream.unwrap(Effect.gen(function*() {
            const { hub, isListening } = yield* RcMap.get(channels, channel)
            const payloads = Stream.fromSubscription(yield* PubSub.subscribe(hub))
            return isListening() ? Stream.concat(Stream.succeed(""), payloads) : payloads
          }))
      })
    })
  )
}

const openChannel = Effect.fnUntraced(function*<E>(
  session: RcRef.RcRef<PgConnection.PgConnection, E>,
  channel: string
) {
  const hub = yield* PubSub.sliding<string>(1024)
  let listening = false
  const listen = Effect.gen(function*() {
    const connection = yield* RcRef.get(session)
    const notifications = yield* connection.listen(channel)
    listening = true
    yield* PubSub.publish(hub, "")
    yield* Stream.runForEach(Stream.fromQueue(notifications), ({ payload }) => PubSub.publish(hub, payload))
  })
  yield* Effect.scoped(listen).pipe(
    Effect.ensuring(Effect.sync(() => {
      listening = false
    })),
    Effect.tapError((error) => Effect.logDebug(`Not listening on ${channel}`, error)),
    // The other channels may still hold the lost connection.
    Effect.tapError(() => RcRef.invalidate(session)),
    Effect.retry(Schedule.spaced("500 millis")),
    Effect.forkScoped
  )
  return { hub, isListening: () => listening }
})
