/** LISTEN, on one connection a channel for all who listen, that survives restarts of the database. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, PubSub, RcMap, Schedule, Stream } from "effect"

export class Notifications extends Context.Service<Notifications, {
  /**
   * The payloads on a channel. One empty element comes first and after each lost connection: whatever was sent meanwhile is
   * lost, so the listener has to look.
   */
  readonly subscribe: (channel: string) => Stream.Stream<string>
}>()("accessa/layers/Database/Notifications") {
  static readonly layer = Layer.effect(
    Notifications,
    Effect.gen(function*() {
      const sql = yield* PgClient.PgClient
      const channels = yield* RcMap.make({
        lookup: Effect.fnUntraced(function*(channel: string) {
          const hub = yield* PubSub.sliding<string>(1024)
          yield* Stream.unwrap(Effect.map(sql.listen(channel), (queue) =>
            Stream.concat(
              Stream.succeed(""),
              Stream.map(Stream.fromQueue(queue), (notification) => notification.payload)
            ))).pipe(
            Stream.runForEach((payload) => PubSub.publish(hub, payload)),
            Effect.retry(Schedule.spaced("500 millis")),
            Effect.forkScoped
          )
          return hub
        }),
        idleTimeToLive: "30 seconds"
      })
      return Notifications.of({
        subscribe: (channel) =>
          Stream.unwrap(Effect.gen(function*() {
            const hub = yield* RcMap.get(channels, channel)
            const subscription = yield* PubSub.subscribe(hub)
            return Stream.concat(Stream.succeed(""), Stream.fromSubscription(subscription))
          }))
      })
    })
  )
}
