/** The audit log, for admins. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { CorrelationId, UserId } from "../domain/Ids.ts"
import { Access } from "./Access.ts"
import { ConcurrencyLimit, RequiredRole } from "./annotations.ts"
import { cursor, limit } from "./fields.ts"

export const AuditView = Schema.Struct({
  entry_id: Schema.Int,
  at: Schema.DateTimeUtcFromString,
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

export class AuditGroup extends HttpApiGroup.make("audit").add(
  HttpApiEndpoint.get("list", "/api/v1/audit", { query: { cursor, limit }, success: AuditPage }),
  /** Computes every entry's hash again, for ten seconds at most; the cursor goes on. */
  HttpApiEndpoint.get("check", "/api/v1/audit/check", { query: { cursor }, success: AuditCheck }).annotate(
    ConcurrencyLimit,
    "check"
  )
).annotateEndpoints(RequiredRole, "admin").middleware(Access) {}
