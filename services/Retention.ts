/** Removes expired rows, and archives old entries of the audit log. */
import { Context, type Duration, type Effect, type Option } from "effect"
import type { PermanentError, ServiceError } from "../src/domain/ServiceError.ts"

/** Undefined: forever. */
export interface Kept {
  /** A job's history, counted from the job's end. The job, its document and its receipt are kept. */
  readonly history: Duration.Duration | undefined
  /** The cost of single searches and the spending of past months. The cost of a document is kept with it. */
  readonly spending: Duration.Duration | undefined
  /** Closed alerts, counted from their closing. */
  readonly alerts: Duration.Duration | undefined
  /** API keys, counted from their revocation or expiry. */
  readonly keys: Duration.Duration | undefined
  /** Received callbacks. */
  readonly callbacks: Duration.Duration | undefined
  /** Webhook deliveries, counted from their end. */
  readonly deliveries: Duration.Duration | undefined
  /** Workers, counted from their last heartbeat. */
  readonly workers: Duration.Duration | undefined
  /** Sizes by the hour. */
  readonly samples: Duration.Duration | undefined
  /** Entries of the audit log, which then move to its archive. */
  readonly audit: Duration.Duration | undefined
}

/** What one round did to the rows of one kind. */
export interface Round {
  readonly kind: string
  readonly removed: number
  readonly more: boolean
  /** Why nothing of this kind could be removed, such as an audit log whose chain is broken. */
  readonly failure: Option.Option<PermanentError>
}

export class Retention extends Context.Service<Retention, {
  /**
   * One round: a few hundred rows of each kind that is due, oldest first; a kind that another process is busy with is left to
   * it. Besides the kinds above, removes expired answers to idempotent requests, and turns of users idle for a day. Returns the
   * kinds of which rows were removed, could not be, or are still to be looked at.
   */
  readonly prune: (kept: Kept) => Effect.Effect<ReadonlyArray<Round>, ServiceError>
}>()("accessa/services/Retention") {}
