/** API keys and audit entries as the API shows them, and what it is told to make of them. */
import { Schema } from "effect"
import { CorrelationId, UserId } from "../domain/Ids.ts"
import { KeyId, Role } from "../domain/Principal.ts"
import { TrimmedText } from "./PlainText.ts"

const date = Schema.DateTimeUtcFromString

export const KeyView = Schema.Struct({
  key_id: KeyId,
  user_id: UserId,
  role: Role,
  name: Schema.String,
  /** The readable beginning of the key. */
  prefix: Schema.String,
  created_at: date,
  expires_at: Schema.NullOr(date),
  revoked_at: Schema.NullOr(date),
  last_used_at: Schema.NullOr(date)
})
export type KeyView = typeof KeyView.Type

/** The one answer that holds the secret; null where the answer to an earlier request is repeated. */
export const MadeKey = Schema.Struct({ ...KeyView.fields, secret: Schema.NullOr(Schema.String) })

export const KeyList = Schema.Struct({ keys: Schema.Array(KeyView) })

export const NewKey = Schema.Struct({
  name: TrimmedText.check(Schema.isMinLength(1), Schema.isMaxLength(100)),
  role: Role,
  /** Absent: the caller's own. */
  user_id: Schema.optionalKey(UserId),
  /** Absent: never. */
  expires_at: Schema.optionalKey(date)
})

export const Rotation = Schema.Struct({
  /** Seconds that the old key works on; a day if absent. */
  grace_s: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2_592_000 })))
})

export const AuditView = Schema.Struct({
  entry_id: Schema.Int,
  at: date,
  actor: Schema.String,
  role: Schema.String,
  user_id: Schema.NullOr(UserId),
  action: Schema.String,
  target_type: Schema.String,
  target_id: Schema.String,
  reason: Schema.NullOr(Schema.String),
  before: Schema.Json,
  after: Schema.Json,
  correlation_id: Schema.NullOr(CorrelationId),
  /** Covers this entry and the hash of the one before it. */
  hash: Schema.String
})

/** Only a cut at the very end leaves no trace: compare `last_hash` with one kept elsewhere. */
export const AuditCheck = Schema.Struct({
  /** Looked at, from the first one on: all there are, up to a broken one, or as many as the time allowed. */
  entries: Schema.Int,
  last_hash: Schema.NullOr(Schema.String),
  /** The first entry that was altered, or whose predecessor was; null if there is none. */
  broken_entry: Schema.NullOr(Schema.Int),
  /** The check has not come to the end yet: it goes on from this cursor. Null if it has, or found a broken entry. */
  next_cursor: Schema.NullOr(Schema.String)
})

/** Newest first; `next_cursor` is null on the last page. */
export const AuditPage = Schema.Struct({
  entries: Schema.Array(AuditView),
  next_cursor: Schema.NullOr(Schema.String)
})
