/** Sends a stream, and fails if the storage does not take it in time. Time that the stream itself takes does not count. */
import { Effect, Option, Queue, Stream } from "effect"
import type { Duration } from "effect"
import { sendPatience } from "../sendPatience.ts"
import { type StorageFault, timeoutFault } from "./StorageFault.ts"

/** Of an object, when all of it was sent, so much may still be on its way. */
const onTheWay = 8 * 1024 * 1024

export const sendInTime = <A, E, R>(
  content: Stream.Stream<Uint8Array, E>,
  callTimeout: Duration.Input,
  send: (content: Stream.Stream<Uint8Array, E>) => Effect.Effect<A, StorageFault, R>
): Effect.Effect<A, StorageFault, R> =>
  Effect.gen(function*() {
    // The bytes that the storage has to take now; none while it waits for more.
    const turns = yield* Queue.sliding<Option.Option<number>>(1)
    let sent = 0
    const watched = Stream.transformPull(content, (pull) =>
      Effect.succeed(
        Queue.offer(turns, Option.none()).pipe(
          Effect.andThen(pull),
          Effect.tap((chunks) => {
            const bytes = chunks.reduce((sum, { length }) => sum + length, 0)
            sent += bytes
            return Queue.offer(turns, Option.some(bytes))
          }),
          Effect.onError(() => Queue.offer(turns, Option.some(Math.min(sent, onTheWay))))
        )
      ))
    const late = Effect.gen(function*() {
      let turn = Option.none<number>()
      while (true) {
        turn = yield* Option.match(turn, {
          onNone: () => Queue.take(turns),
          onSome: (bytes) =>
            Effect.timeoutOrElse(Queue.take(turns), {
              duration: sendPatience(callTimeout, bytes),
              orElse: () => Effect.fail(timeoutFault())
            })
        })
      }
    })
    return yield* Effect.raceFirst(send(watched), late)
  })
