/**
 * Whether uploads can be stored, judged by the last one: with a full disk, all other readiness checks still pass. A failure
 * is remembered for a while, then uploads are tried again.
 */
import { Clock, Context, Duration, Effect, Layer, Option, Ref } from "effect"

const remembered = Duration.seconds(30)

/** Routes that store a document's bytes or create its job. */
const taking = /^\/api\/v1\/(documents|uploads\/[^/?]+\/(content|complete))\/?(\?|$)/

export class UploadHealth extends Context.Service<UploadHealth, {
  /** The outcome of a request. */
  readonly note: (method: string, url: string, status: number) => Effect.Effect<void>
  /** How long ago storing an upload failed, if none has succeeded since. */
  readonly refused: Effect.Effect<Option.Option<Duration.Duration>>
}>()("accessa/http/UploadHealth") {
  static readonly layer = Layer.effect(
    UploadHealth,
    Effect.gen(function*() {
      const refusedAt = yield* Ref.make(Option.none<number>())
      return UploadHealth.of({
        note: Effect.fnUntraced(function*(method, url, status) {
          if (!["POST", "PUT"].includes(method) || !taking.test(url)) return
          if (status === 503) yield* Ref.set(refusedAt, Option.some(yield* Clock.currentTimeMillis))
          else if (status < 300) yield* Ref.set(refusedAt, Option.none())
        }),
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
