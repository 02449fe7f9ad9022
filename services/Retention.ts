/** Removes expired rows. */
import { Context, type Duration, type Effect } from "effect"
import type { ServiceError } from "../src/domain/ServiceError.ts"

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
}

export class Retention extends Context.Service<Retention, {
  /**
   * One round: a few hundred rows of each kind, oldest first. Besides the kinds above, removes callbacks that can no longer
   * be replayed, expired answers to idempotent requests, and turns of users idle for a day. Returns how many rows were
   * removed and whether there may be more.
   */
  readonly prune: (kept: Kept) => Effect.Effect<{ readonly removed: number; readonly more: boolean }, ServiceError>
}>()("accessa/services/Retention") {}
