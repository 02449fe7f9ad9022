/** What the monitor does with alerts. One monitor at a time holds the lease; its fence guards every write. */
import { Context, type DateTime, type Duration, type Effect, type Option } from "effect"
import type { AlertNotice, AlertSinkName } from "../src/domain/AlertNotice.ts"
import type { OpenAlert, Told } from "../src/domain/OpenAlert.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export interface Holder {
  readonly id: string
  readonly hostname: string
  readonly version: string
}

/** An alert as it is to be written, and the notices to make about it. */
export interface Judged {
  readonly alert: OpenAlert
  readonly notices: ReadonlyArray<Told>
}

export type NoticeOf = (alert: OpenAlert, told: Told) => AlertNotice

export interface DueDelivery {
  readonly deliveryId: number
  readonly sink: AlertSinkName
  readonly attempts: number
  readonly createdAt: DateTime.Utc
  readonly notice: AlertNotice
}

export type DeliveryOutcome =
  | { readonly _tag: "Delivered"; readonly repeatIn: Option.Option<Duration.Duration> }
  /** Given up without `retryIn`. */
  | { readonly _tag: "Failed"; readonly message: string; readonly retryIn: Option.Option<Duration.Duration> }

export class AlertRounds extends Context.Service<AlertRounds, {
  /** Takes or renews the lease. None: another monitor holds it. */
  readonly lead: (holder: Holder, lease: Duration.Duration) => Effect.Effect<Option.Option<number>, ServiceError>
  /** Gives the lease back, so that another monitor takes over at once. */
  readonly resign: (fence: number) => Effect.Effect<void, ServiceError>
  /**
   * Reads every alert that is not settled, and writes what `judge` makes of them, in one transaction. `noticeOf` makes a
   * notice once the alert has its id. False, and nothing changed: the lease was lost.
   */
  readonly round: (fence: number, at: DateTime.Utc, round: {
    readonly judge: (open: ReadonlyArray<OpenAlert>) => ReadonlyArray<Judged>
    readonly noticeOf: NoticeOf
    /** False: the facts could not be read. */
    readonly complete: boolean
  }) => Effect.Effect<boolean, ServiceError>
  /** Records an alert that was announced from memory, with the notices it has had (`told`). False: one is open already. */
  readonly record: (alert: OpenAlert, noticeOf: NoticeOf) => Effect.Effect<boolean, ServiceError>
  /** Due notices, each only once all earlier ones of its alert and sink are delivered or given up. */
  readonly claim: (
    fence: number,
    at: DateTime.Utc,
    lease: Duration.Duration
  ) => Effect.Effect<ReadonlyArray<DueDelivery>, ServiceError>
  /** Records how a claimed delivery ended. `at` is the monitor's clock, from which it is due again. */
  readonly settle: (
    deliveryId: number,
    at: DateTime.Utc,
    outcome: DeliveryOutcome
  ) => Effect.Effect<void, ServiceError>
}>()("accessa/services/AlertRounds") {}
