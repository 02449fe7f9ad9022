/** The worker's side of the webhooks: deliveries that are due, and what became of each. */
import { Context, type Duration, type Effect, type Redacted, type Stream } from "effect"
import type { ServiceError } from "../src/domain/ServiceError.ts"
import type { DeliveryId } from "../src/domain/Webhook.ts"

export interface ClaimedDelivery {
  readonly deliveryId: DeliveryId
  /** Names this claim; an outcome under a lost claim is not recorded. */
  readonly lease: string
  /** From 1. */
  readonly attempt: number
  readonly url: string
  /** The body, as it is signed and sent. */
  readonly payload: string
  /** All of them sign: the new one, and for a day after a rotation the one before. */
  readonly secrets: ReadonlyArray<Redacted.Redacted>
}

export type DeliveryOutcome =
  | { readonly _tag: "Delivered"; readonly status: number }
  | {
    readonly _tag: "Failed"
    readonly status: number | null
    readonly error: string
    /** Undefined: there is no further attempt. */
    readonly retryIn: Duration.Duration | undefined
    /** The receiver does not want to be told any more. */
    readonly gone: boolean
  }

export class DeliveryQueue extends Context.Service<DeliveryQueue, {
  /**
   * Takes due deliveries of all subscriptions in turn, and no more of one than may be under way at once. They are due again if
   * no outcome is recorded within the lease.
   */
  readonly claim: (
    limit: number,
    lease: Duration.Duration
  ) => Effect.Effect<ReadonlyArray<ClaimedDelivery>, ServiceError>
  /** Records what became of a delivery. A subscription that has failed for longer than `patience` is disabled. False if the claim was lost. */
  readonly record: (
    delivery: ClaimedDelivery,
    outcome: DeliveryOutcome,
    patience: Duration.Duration
  ) => Effect.Effect<boolean, ServiceError>
  /** How long until the next delivery is due; undefined if none is. */
  readonly nextDue: Effect.Effect<Duration.Duration | undefined, ServiceError>
  /** One element whenever there may be a new delivery. */
  readonly wakeups: Stream.Stream<void, ServiceError>
  /** Deletes ended deliveries older than this; returns how many. */
  readonly prune: (age: Duration.Duration) => Effect.Effect<number, ServiceError>
}>()("accessa/services/DeliveryQueue") {}
