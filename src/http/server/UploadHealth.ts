/**
 * Whether uploads can be stored, judged by the last one: with a full disk, all other readiness checks still pass. A failure
 * is remembered for a while, then uploads are tried again.
 */
import { Clock, Context, Duration, Effect, Layer, Option, Predicate, Ref } from "effect"

const remembered = Duration.seconds(30)

const isUnavailable = Predicate.or(Predicate.isTagged("TransientError"), Predicate.isTagged("RecoverableError"))

export class UploadHealth extends Context.Service<UploadHealth, {
  /** Remembers how it ends, if a document is stored by it or a service that it needs has failed. */
  readonly watch: <A, E, R>(storing: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** How long ago storing an upload failed, if none has succeeded since. */
  readonly refused: Effect.Effect<Option.Option<Duration.Duration>>
}>()("accessa/http/UploadHealth") {
  static readonly layer = Layer.effect(
    UploadHealth,
    Effect.gen(function*() {
      const refusedAt = yield* Ref.make(Option.none<number>())
      const noteFailure = Effect.flatMap(Clock.currentTimeMillis, (now) => Ref.set(refusedAt, Option.some(now)))
      return UploadHealth.of({
        watch: (storing) =>
          storing.pipe(
            Effect.tap(Ref.set(refusedAt, Option.none())),
            Effect.tapError((error) => isUnavailable(error) ? noteFailure : Effect.void)
          ),
        refused: Effect.gen(function*() {
          const now = yield* Clock.currentTimeMillis
          return (yield* Ref.get(refusedAt)).pipe(
            Option.map((at) => Duration.millis(now - at)),
            Option.filter(Duration.isLessThan(remembered))
          )
        })
      })
    })
  )
}
