/** When this monitor last judged the rules over facts that it could read. */
import { Context, DateTime, Effect, Layer, Option, Ref } from "effect"

export class LastJudgement extends Context.Service<LastJudgement, {
  /** None: not since it started. */
  readonly at: Effect.Effect<Option.Option<DateTime.Utc>>
  /** To be called only when every fact was read. */
  readonly record: Effect.Effect<void>
}>()("accessa/monitor/LastJudgement") {
  static readonly layer = Layer.effect(
    LastJudgement,
    Effect.gen(function*() {
      const last = yield* Ref.make(Option.none<DateTime.Utc>())
      return LastJudgement.of({
        at: Ref.get(last),
        record: Effect.flatMap(DateTime.now, (now) => Ref.set(last, Option.some(now)))
      })
    })
  )
}
