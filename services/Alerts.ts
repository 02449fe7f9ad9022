/** What a person has to know, once for each cause. */
import { Context, type DateTime, type Effect } from "effect"
import type { ErrorCode } from "../src/domain/ErrorCode.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

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

export class Alerts extends Context.Service<Alerts, {
  /** Opens the alert, or increments its count if it is open. */
  readonly raise: (alert: Pick<Alert, "key" | "code" | "message">) => Effect.Effect<void, ServiceError>
  /** Newest first: only open alerts, or the latest of all. */
  readonly list: (which: "open" | "all") => Effect.Effect<ReadonlyArray<Alert>, ServiceError>
}>()("accessa/services/Alerts") {}
