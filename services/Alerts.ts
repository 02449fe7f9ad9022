/** Problems that a person must know of, one alert per cause, and what operators do about them. */
import { Context, Data, type DateTime, type Effect, type Option } from "effect"
import type { Alert, AlertHistory, AlertId, AlertState, MonitorStatus } from "../src/domain/Alert.ts"
import type { AlertSeverity } from "../src/domain/AlertNotice.ts"
import type { AlertRuleName } from "../src/domain/AlertRule.ts"
import type { By } from "../src/domain/Principal.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export interface AlertFilter {
  /** `open`: firing, acknowledged or silenced. `all`: those that have ended, too. */
  readonly which: "open" | "all"
  /** Instead of `which`. */
  readonly state?: AlertState
  readonly rule?: AlertRuleName
  readonly severity?: AlertSeverity
}

export type AlertChange = Data.TaggedEnum<{
  /** It no longer escalates. */
  Acknowledge: {}
  /** Until then, the only notice is the one that it is resolved. */
  Silence: { readonly until: DateTime.Utc }
  Unsilence: {}
}>
export const AlertChange = Data.taggedEnum<AlertChange>()

export type AlertChanged = Data.TaggedEnum<{
  Changed: { readonly alert: Alert }
  /** The alert's state does not allow it. */
  Refused: { readonly alert: Alert }
  Missing: {}
}>
export const AlertChanged = Data.taggedEnum<AlertChanged>()

export class Alerts extends Context.Service<Alerts, {
  /** Fires an alert about what this process has seen itself, or increments its count if it is open. */
  readonly raise: (
    alert: { readonly rule: AlertRuleName; readonly subject: string; readonly message: string }
  ) => Effect.Effect<void, ServiceError>
  /** Newest first, at most 200. */
  readonly list: (filter: AlertFilter) => Effect.Effect<ReadonlyArray<Alert>, ServiceError>
  /** With its events and notices. */
  readonly find: (id: AlertId) => Effect.Effect<Option.Option<AlertHistory>, ServiceError>
  /** Records an event and an audit entry; a change that was made before has no effect. */
  readonly change: (id: AlertId, change: AlertChange, by: By) => Effect.Effect<AlertChanged, ServiceError>
  /** None: no monitor has ever run. */
  readonly monitor: Effect.Effect<Option.Option<MonitorStatus>, ServiceError>
}>()("accessa/services/Alerts") {}
