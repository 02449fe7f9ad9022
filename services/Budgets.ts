/** What may be spent in a calendar month (UTC): by one user, and by everybody together. */
import { Context, type DateTime, type Effect } from "effect"
import type { UserId } from "../src/domain/Ids.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"
import type { By } from "./ApiKeys.ts"

export interface Budget {
  /** Null: everybody together. */
  readonly userId: UserId | null
  /** The user's own, or else the one that users have by default. Null: no limit. */
  readonly limitUsd: number | null
  /** This month, with what is announced and not yet known. */
  readonly spentUsd: number
  /** The first moment of the next month, when spending begins anew. */
  readonly renewsAt: DateTime.Utc
}

export class Budgets extends Context.Service<Budgets, {
  /** Everybody's first; then each user who has a limit or has spent something this month, the greatest spender first. */
  readonly list: Effect.Effect<ReadonlyArray<Budget>, ServiceError>
  readonly find: (user: UserId | null) => Effect.Effect<Budget, ServiceError>
  /** Jobs that were parked for this budget are due. Null takes the limit away: the default one holds. */
  readonly set: (user: UserId | null, limitUsd: number | null, by: By) => Effect.Effect<Budget, ServiceError>
}>()("accessa/services/Budgets") {}
