/** What operators and admins see of the services behind the pipeline, the alerts and the budgets. */
import { Schema } from "effect"
import { CircuitState } from "../domain/Circuit.ts"
import { ErrorCode } from "../domain/ErrorCode.ts"
import { DocumentId, UserId } from "../domain/Ids.ts"
import { Dependency } from "../domain/ServiceError.ts"
import { PlainText } from "./PlainText.ts"

const time = Schema.DateTimeUtcFromString

export const ProviderView = Schema.Struct({
  name: Dependency,
  /** `open`: too many consecutive failures. `halted`: the service refuses us. `half_open`: a probe is under way. */
  state: CircuitState,
  /** Why it is out; null while it is in service. */
  code: Schema.NullOr(ErrorCode),
  message: Schema.NullOr(Schema.String),
  failures: Schema.Int,
  opened_at: Schema.NullOr(time),
  /** When the next probe may be made. */
  probe_at: Schema.NullOr(time),
  since: time,
  updated_by: Schema.String,
  /** Of the operator who put it back. */
  reason: Schema.NullOr(Schema.String)
})
export type ProviderView = typeof ProviderView.Type
export const ProviderList = Schema.Struct({ providers: Schema.Array(ProviderView) })

/** Why it may go on; the audit log keeps it. */
export const ProviderReset = Schema.Struct({
  reason: PlainText.check(
    Schema.isMinLength(1),
    Schema.isMaxLength(500),
    Schema.isPattern(/^\P{Cc}*$/u),
    Schema.isPattern(/\S/)
  )
})

export const AlertView = Schema.Struct({
  alert_id: Schema.Int,
  /** Such as `embedder:EMBED_AUTH`; at most one open alert per key. */
  key: Schema.String,
  code: ErrorCode,
  message: Schema.String,
  /** How often it has been raised since it opened. */
  count: Schema.Int,
  opened_at: time,
  seen_at: time,
  closed_at: Schema.NullOr(time)
})
export const AlertList = Schema.Struct({ alerts: Schema.Array(AlertView) })

export const StorageCheck = Schema.Struct({
  /** Looked at in this page. */
  documents: Schema.Int,
  /** What they name and the storage does not have. */
  missing: Schema.Array(Schema.Struct({ user_id: UserId, document_id: DocumentId, path: Schema.String })),
  next_cursor: Schema.NullOr(Schema.String)
})

export const BudgetView = Schema.Struct({
  /** Null: the overall budget. */
  user_id: Schema.NullOr(UserId),
  /** In a calendar month (UTC): the user's own, or else what users have by default. Null: no limit. */
  limit_usd: Schema.NullOr(Schema.Finite),
  /** This month, with the calls that are under way. */
  spent_usd: Schema.Finite,
  renews_at: time
})
export type BudgetView = typeof BudgetView.Type
export const BudgetList = Schema.Struct({ budgets: Schema.Array(BudgetView) })

export const NewBudget = Schema.Struct({
  user_id: Schema.NullOr(UserId),
  limit_usd: Schema.NullOr(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000_000 })))
})
