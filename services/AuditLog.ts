/** What operators and admins did: only ever added to, each entry chained to the one before it by its hash. */
import { Context, type DateTime, type Effect, type Schema } from "effect"
import type { CorrelationId, UserId } from "../src/domain/Ids.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"
import type { By } from "./ApiKeys.ts"

export interface AuditEntry {
  readonly by: By
  /** Whose rows it is about; null if nobody's. */
  readonly userId: UserId | null
  readonly action: string
  readonly targetType: string
  readonly targetId: string
}

/** As it is kept. `before` and `after` are what the change made of what. */
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

/** The last entry that was found to be as it was written. */
export interface AuditPlace {
  readonly entryId: number
  readonly hash: string
}

/** What the chain says of itself. Only a cut at its very end leaves no trace in it: compare with a hash kept elsewhere. */
export interface AuditCheck {
  /** From the first one on; up to the broken one at most. */
  readonly entries: number
  readonly lastHash: string | null
  /** The first entry that is not as it was written, or whose predecessor is not; null if all are. */
  readonly broken: number | null
  /** Where to go on, if the time was over before the log; null: all of it has been looked at, or enough. */
  readonly next: AuditPlace | null
}

export class AuditLog extends Context.Service<AuditLog, {
  /** Of what changes no row, such as reading what is another user's. Changes write their entry in their own statement. */
  readonly record: (entry: AuditEntry) => Effect.Effect<void, ServiceError>
  /** Newest first, from before an entry on. */
  readonly page: (
    before: number | undefined,
    limit: number
  ) => Effect.Effect<ReadonlyArray<StoredAuditEntry>, ServiceError>
  /** Walks the chain from its beginning, or from where an earlier walk ended, and computes every hash again. */
  readonly verify: (from?: AuditPlace) => Effect.Effect<AuditCheck, ServiceError>
}>()("accessa/services/AuditLog") {}
