/**
 * The append-only log of what operators and admins did; each entry's hash covers the one before it. Old entries move to an
 * archive (`Retention`), which is read and verified like the rest.
 */
import { Context, type DateTime, type Effect, type Option, type Schema } from "effect"
import type { CorrelationId, UserId } from "../src/domain/Ids.ts"
import type { By } from "../src/domain/Principal.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export interface AuditEntry {
  readonly by: By
  /** The user whose rows it is about; null if none. */
  readonly userId: UserId | null
  readonly action: string
  readonly targetType: string
  readonly targetId: string
}

/** An entry as stored. `before` and `after` are the values around the change. */
export interface StoredAuditEntry {
  readonly entryId: number
  readonly at: DateTime.Utc
  readonly actor: string
  readonly role: string
  readonly userId: UserId | null
  readonly action: string
  readonly targetType: string
  readonly targetId: string
  readonly reason: string | null
  readonly before: Schema.Json
  readonly after: Schema.Json
  readonly correlationId: CorrelationId | null
  readonly hash: string
}

/** The last entry that was verified. */
export interface AuditPlace {
  readonly entryId: number
  readonly hash: string
}

/**
 * The result of verifying the chain. Only truncation at the very end goes unnoticed: compare with a hash stored elsewhere.
 */
export interface AuditCheck {
  /** Counted from the first entry, up to the broken one at most. */
  readonly entries: number
  readonly lastHash: Option.Option<string>
  /** The first entry that was altered, or whose predecessor was. */
  readonly broken: Option.Option<number>
  /** Where to continue if time ran out before the end of the log. */
  readonly next: Option.Option<AuditPlace>
}

export class AuditLog extends Context.Service<AuditLog, {
  /**
   * Records an action that changes no row, such as reading another user's data. Changes write their entry in their own
   * statement.
   */
  readonly record: (entry: AuditEntry) => Effect.Effect<void, ServiceError>
  /** Entries before the given one, newest first. */
  readonly page: (
    before: number | undefined,
    limit: number
  ) => Effect.Effect<ReadonlyArray<StoredAuditEntry>, ServiceError>
  /** Walks the chain from the beginning, or from where an earlier check ended, and recomputes every hash. */
  readonly verify: (from?: AuditPlace) => Effect.Effect<AuditCheck, ServiceError>
}>()("accessa/services/AuditLog") {}
