/** Budgets without a database and without spending. */
import { DateTime, Effect, Layer, Option } from "effect"
import { type Budget, Budgets } from "../../services/Budgets.ts"
import type { UserId } from "../../src/domain/Ids.ts"

export const BudgetsMemory = Layer.sync(Budgets, () => {
  const limits = new Map<UserId | null, number>()
  const budgetOf = (userId: UserId | null): Budget => ({
    userId,
    limitUsd: Option.fromUndefinedOr(limits.get(userId)),
    spentUsd: 0,
    renewsAt: DateTime.makeUnsafe("2026-06-01T00:00:00Z")
  })
  return Budgets.of({
    list: Effect.sync(() => [...new Set([null, ...limits.keys()])].map(budgetOf)),
    find: (user) => Effect.sync(() => budgetOf(user)),
    set: (user, limitUsd) =>
      Effect.sync(() => {
        if (limitUsd === null) limits.delete(user)
        else limits.set(user, limitUsd)
        return budgetOf(user)
      })
  })
})
