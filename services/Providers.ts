/** The services behind the pipeline as rows that all workers share, with the alerts about them. */
import { Context, type DateTime, type Duration, type Effect, type Option, Schema, type Stream } from "effect"
import type { ErrorCode } from "../src/domain/ErrorCode.ts"
import type { Dependency, ServiceError } from "../src/domain/ServiceError.ts"
import type { By } from "./ApiKeys.ts"

/** `open`: failed too often in a row. `halted`: refuses us. `half_open`: one call is finding out. */
export const ProviderState = Schema.Literals(["closed", "open", "half_open", "halted"])
export type ProviderState = typeof ProviderState.Type

export interface Provider {
  readonly dependency: Dependency
  readonly state: ProviderState
  /** Why it is shut; null while it is closed. */
  readonly code: ErrorCode | null
  readonly message: string | null
  readonly failures: number
  readonly openedAt: DateTime.Utc | null
  /** When one call may try. */
  readonly probeAt: DateTime.Utc | null
  /** The same as a wait, on the database's clock. */
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
  /** `embedder:EMBED_AUTH`; at most one alert is open for each. */
  readonly key: string
  readonly code: ErrorCode
  readonly message: string
  /** How often it was raised since it was opened. */
  readonly count: number
  readonly openedAt: DateTime.Utc
  readonly seenAt: DateTime.Utc
  readonly closedAt: DateTime.Utc | null
}

export class Providers extends Context.Service<Providers, {
  readonly list: Effect.Effect<ReadonlyArray<Provider>, ServiceError>
  /** No more calls until the probe, and one open alert however many find the same. */
  readonly shut: (shutting: Shutting) => Effect.Effect<void, ServiceError>
  /** True for one of all who ask once the probe is due: it makes the one call, and shuts or opens the service by its end. */
  readonly takeProbe: (dependency: Dependency, actor: string) => Effect.Effect<boolean, ServiceError>
  /** Back in service: its alerts close, and the jobs that were parked for it are due. */
  readonly reopen: (dependency: Dependency, actor: string) => Effect.Effect<void, ServiceError>
  /** The same by an operator, with a reason in the audit log. None: it was not shut. */
  readonly reset: (dependency: Dependency, by: By) => Effect.Effect<Option.Option<Provider>, ServiceError>
  /** Opens the alert, or counts it once more while it is open. */
  readonly raise: (alert: Pick<Alert, "key" | "code" | "message">) => Effect.Effect<void, ServiceError>
  /**
   * Looks for a transaction that keeps the database from cleaning up and for rights of roles that are not ours, and closes the
   * alerts whose cause is gone.
   */
  readonly watch: Effect.Effect<void, ServiceError>
  /** Newest first: those that are open, or the last ones of all. */
  readonly alerts: (which: "open" | "all") => Effect.Effect<ReadonlyArray<Alert>, ServiceError>
  /** One element whenever a row may have changed. */
  readonly changes: Stream.Stream<void, ServiceError>
}>()("accessa/services/Providers") {}
