/** The worker's side of webhooks: due deliveries and their outcomes. */
import { Context, type Duration, type Effect, type Option, type Redacted, type Stream } from "effect"
import type { JobOrigin } from "../src/domain/Job.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"
import type { DeliveryId } from "../src/domain/Webhook.ts"

export interface ClaimedDelivery {
  readonly deliveryId: DeliveryId
  /** Identifies this claim; outcomes under a lost claim are not recorded. */
  readonly lease: string
  /** From 1. */
  readonly attempt: number
  /** None for a test delivery, and for a job that has been deleted. */
  readonly origin: Option.Option<JobOrigin>
  readonly url: string
  /** The body, as it is signed and sent. */
  readonly payload: string
  /** All of them sign: the current secret and, for a day after a rotation, the previous one. */
  readonly secrets: ReadonlyArray<Redacted.Redacted>
}

export type DeliveryOutcome =
  | { readonly _tag: "Delivered"; readonly status: number }
  | {
    readonly _tag: "Failed"
    /** What the receiver answered, if it did. */
    readonly status: Option.Option<number>
    readonly error: string
    /** None: no further attempt. */
    readonly retryIn: Option.Option<Duration.Duration>
    /** The receiver asked to be unsubscribed (410). */
    readonly gone: boolean
  }

export class DeliveryQueue extends Context.Service<DeliveryQueue, {
  /**
   * Claims due deliveries, taking turns between subscriptions, up to the limit of concurrent deliveries for each. They
   * become due again if no outcome is recorded within the lease.
   */
  readonly claim: (
    limit: number,
    lease: Duration.Duration
  ) => Effect.Effect<ReadonlyArray<ClaimedDelivery>, ServiceError>
  /**
   * Records the outcome of a delivery. A subscription that has failed for longer than `patience` is disabled. False if the
   * claim was lost.
   */
  readonly record: (
    delivery: ClaimedDelivery,
    outcome: DeliveryOutcome,
    patience: Duration.Duration
  ) => Effect.Effect<boolean, ServiceError>
  /** Time until the next delivery is due; none if none is waiting. */
  readonly nextDue: Effect.Effect<Option.Option<Duration.Duration>, ServiceError>
  /** Emits whenever there may be a new delivery. */
  readonly wakeups: Stream.Stream<void, ServiceError>
}>()("accessa/services/DeliveryQueue") {}
