/** Spending limits per calendar month (UTC): per user and overall. */
import { Context, type DateTime, type Effect, type Option } from "effect"
import type { UserId } from "../src/domain/Ids.ts"
import type { By } from "../src/domain/Principal.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export interface Budget {
  /** Null: the overall budget. */
  readonly userId: UserId | null
  /** The user's own limit, or the default one. None: no limit. */
  readonly limitUsd: Option.Option<number>
  /** Spent this month, including announced calls whose cost is not yet known. */
  readonly spentUsd: number
  /** The start of the next month, when spending resets. */
  readonly renewsAt: DateTime.Utc
}

export class Budgets extends Context.Service<Budgets, {
  /** The overall budget first; then every user with a limit or spending this month, highest spending first. */
  readonly list: Effect.Effect<ReadonlyArray<Budget>, ServiceError>
  /** Null: the overall budget. */
  readonly find: (user: UserId | null) => Effect.Effect<Budget, ServiceError>
  /** Makes jobs parked by this budget due. Null removes the limit, so that the default applies. */
  readonly set: (user: UserId | null, limitUsd: number | null, by: By) => Effect.Effect<Budget, ServiceError>
}>()("accessa/services/Budgets") {}
