/** The error that parks a job because of a budget: which one, what is left, and when it resumes. */
import { Clock, DateTime, Duration, Effect } from "effect"
import { RecoverableError } from "../../../src/domain/ServiceError.ts"
import { budgetLookedAt, reservationPause } from "../../../src/policy/budgets.ts"
import { allUsers } from "./spending.ts"

interface Overdrawn {
  readonly over: string
  readonly limitUsd: number
  readonly leftUsd: number
  readonly costUsd: number
}

export const overBudget = Effect.fnUntraced(function*({ costUsd, leftUsd, limitUsd, over }: Overdrawn) {
  const now = DateTime.makeUnsafe(yield* Clock.currentTimeMillis)
  const renewal = DateTime.add(DateTime.startOf(now, "month"), { months: 1 })
  // Concurrent calls were announced at the same moment: the budget may suffice once their cost is known.
  const collided = costUsd <= leftUsd
  const whose = over === allUsers ? "overall budget" : "user's budget"
  const left = Math.max(0, leftUsd)
  return new RecoverableError({
    code: "BUDGET_EXCEEDED",
    message: `The ${whose} has ${dollars(left)} of ${dollars(limitUsd)} left this month, and the next call costs about `
      + `${dollars(costUsd)}. It resumes when the budget is raised, or on ${DateTime.formatIsoDate(renewal)}.`,
    retryAfter: collided ? reservationPause : Duration.min(budgetLookedAt, DateTime.distance(now, renewal))
  })
})

const dollars = (amount: number): string =>
  `$${amount >= 0.01 || amount === 0 ? amount.toFixed(2) : amount.toPrecision(2)}`
