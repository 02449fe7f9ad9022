/** What embedding costs, over all users, from the ledger and the budgets. */
import { Schema } from "effect"
import { UserId } from "./Ids.ts"

export const Costs = Schema.Struct({
  at: Schema.DateTimeUtcFromString,
  /** The last 24 hours, oldest first. */
  hours: Schema.Array(Schema.Struct({
    at: Schema.DateTimeUtcFromString,
    paid_usd: Schema.Finite,
    lost_usd: Schema.Finite,
    tokens: Schema.Int,
    /** Vectors that existed already. */
    reused: Schema.Int
  })),
  /** Of the same 24 hours, the most expensive first. `searches`: questions, and probes of the provider. */
  models: Schema.Array(Schema.Struct({
    model: Schema.String,
    purpose: Schema.Literals(["documents", "searches"]),
    calls: Schema.Int,
    vectors: Schema.Int,
    tokens: Schema.Int,
    paid_usd: Schema.Finite
  })),
  /** The last twelve months with their first day, oldest first. */
  months: Schema.Array(Schema.Struct({ month: Schema.String, spent_usd: Schema.Finite })),
  /** The twenty users who spent most this month; the limit is their own or the default one. */
  users: Schema.Array(Schema.Struct({
    user_id: UserId,
    spent_usd: Schema.Finite,
    limit_usd: Schema.NullOr(Schema.Finite)
  }))
})
export type Costs = typeof Costs.Type
