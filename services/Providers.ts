/** The external services as rows that all workers share, with their alerts. */
import { Context, type DateTime, type Duration, type Effect, type Option, Schema, type Stream } from "effect"
import type { ErrorCode } from "../src/domain/ErrorCode.ts"
import type { Dependency, ServiceError } from "../src/domain/ServiceError.ts"
import type { By } from "./ApiKeys.ts"

/** `open`: too many consecutive failures. `halted`: the service refuses us. `half_open`: a probe is under way. */
export const ProviderState = Schema.Literals(["closed", "open", "half_open", "halted"])
export type ProviderState = typeof ProviderState.Type

export interface Provider {
  readonly dependency: Dependency
  readonly state: ProviderState
  /** Why the circuit is open; null while it is closed. */
  readonly code: ErrorCode | null
  readonly message: string | null
  readonly failures: number
  readonly openedAt: DateTime.Utc | null
  /** When the next probe may be made. */
  readonly probeAt: DateTime.Utc | null
  /** The same as a duration, on the database's clock. */
  readonly probeIn: Duration.Duration | null
  readonly since: DateTime.Utc
  readonly updatedBy: string
  readonly reason: string | null
}

export interface Shutting {
  readonly dependency: Dependency
  readonly state: "open" | "halted"
  readonly code: ErrorCode
  readonly message: string
  readonly failures: number
  readonly probeAfter: Duration.Duration
  readonly actor: string
}

export interface Alert {
  readonly alertId: number
  /** Such as `embedder:EMBED_AUTH`; at most one open alert per key. */
  readonly key: string
  readonly code: ErrorCode
  readonly message: string
  /** How often it has been raised since it opened. */
  readonly count: number
  readonly openedAt: DateTime.Utc
  readonly seenAt: DateTime.Utc
  readonly closedAt: DateTime.Utc | null
}

export class Providers extends Context.Service<Providers, {
  readonly list: Effect.Effect<ReadonlyArray<Provider>, ServiceError>
  /** Stops calls until the next probe and opens one alert, no matter how many workers report it. */
  readonly shut: (shutting: Shutting) => Effect.Effect<void, ServiceError>
  /**
   * True for one caller once the probe is due: it makes the one call, whose outcome closes the circuit or opens it again.
   */
  readonly takeProbe: (dependency: Dependency, actor: string) => Effect.Effect<boolean, ServiceError>
  /** The service is back: closes its alerts and makes the jobs parked for it due. */
  readonly reopen: (dependency: Dependency, actor: string) => Effect.Effect<void, ServiceError>
  /** The same by an operator, with a reason in the audit log. None if the circuit was closed. */
  readonly reset: (dependency: Dependency, by: By) => Effect.Effect<Option.Option<Provider>, ServiceError>
  /** Opens the alert, or increments its count if it is open. */
  readonly raise: (alert: Pick<Alert, "key" | "code" | "message">) => Effect.Effect<void, ServiceError>
  /** Checks for transactions that block vacuum and for grants to foreign roles; closes the alerts whose cause is gone. */
  readonly watch: Effect.Effect<void, ServiceError>
  /** Newest first: only open alerts, or the latest of all. */
  readonly alerts: (which: "open" | "all") => Effect.Effect<ReadonlyArray<Alert>, ServiceError>
  /** Emits whenever a row may have changed. */
  readonly changes: Stream.Stream<void, ServiceError>
}>()("accessa/services/Providers") {}
