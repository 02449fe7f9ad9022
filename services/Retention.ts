/** Removes what has been kept long enough. */
import { Context, type Duration, type Effect } from "effect"
import type { ServiceError } from "../src/domain/ServiceError.ts"

/** Undefined: for ever. */
export interface Kept {
  /** A job's history, counted from the job's end. The job, its document and its receipt stay. */
  readonly history: Duration.Duration | undefined
  /** What single searches cost, and the spending of past months. What a document cost stays with it. */
  readonly spending: Duration.Duration | undefined
  /** Alerts, from when they were closed. */
  readonly alerts: Duration.Duration | undefined
  /** API keys, from when they were revoked or had expired. */
  readonly keys: Duration.Duration | undefined
}

export class Retention extends Context.Service<Retention, {
  /**
   * One round: of each kind some hundreds of rows, the oldest first; beside the kinds above callbacks that can no longer come
   * again, answers to requests whose time is over, and turns of users who have had nothing to do for a day. Answers how many
   * rows went, and whether there may be more.
   */
  readonly prune: (kept: Kept) => Effect.Effect<{ readonly removed: number; readonly more: boolean }, ServiceError>
}>()("accessa/services/Retention") {}
