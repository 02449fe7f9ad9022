/** What real providers may cost in one run: REAL_BUDGET_USD, 1 by default. Each call is refused that might exceed it. */
import { Config, Console, Context, Effect, Layer, Ref } from "effect"
import type { Bought } from "../pipeline/Vendors.ts"

export class Budget extends Context.Service<Budget, {
  /** True, and counted as spent, if there is room for it. */
  readonly spend: (usd: number) => Effect.Effect<boolean>
  /** What a call cost beyond its estimate. */
  readonly correct: (usd: number) => Effect.Effect<void>
  readonly count: (vectors: number, tokens: number) => Effect.Effect<void>
  readonly bought: Effect.Effect<Bought>
  readonly usedUp: string
}>()("accessa/test/Budget") {
  static readonly layer = Layer.effect(
    Budget,
    Effect.gen(function*() {
      const limit = yield* Config.Finite("REAL_BUDGET_USD").pipe(Config.withDefault(1))
      const spent = yield* Ref.make(0)
      const bought = yield* Ref.make<Bought>({ calls: 0, vectors: 0, tokens: 0 })
      yield* Effect.addFinalizer(() =>
        Effect.flatMap(Ref.get(spent), (usd) => Console.log(`Spent about $${usd.toFixed(4)} of $${limit}.`))
      )
      return Budget.of({
        spend: (usd) => Ref.modify(spent, (before) => before + usd > limit ? [false, before] : [true, before + usd]),
        correct: (usd) => Ref.update(spent, (before) => before + usd),
        count: (vectors, tokens) =>
          Ref.update(bought, (before) => ({
            calls: before.calls + 1,
            vectors: before.vectors + vectors,
            tokens: before.tokens + tokens
          })),
        bought: Ref.get(bought),
        usedUp: `REAL_BUDGET_USD ($${limit}) is used up: nothing more is bought.`
      })
    })
  )
}
