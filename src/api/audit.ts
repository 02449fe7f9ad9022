/** The audit log, for admins. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { CorrelationId, UserId } from "../domain/Ids.ts"
import { snakeKeys } from "../domain/snakeKeys.ts"
import { ConcurrencyLimit, RequiredRole } from "./annotations.ts"
import { cursor, limit } from "./fields.ts"

export const AuditView = snakeKeys({
  entryId: Schema.Int,
  at: Schema.DateTimeUtcFromString,
  actor: Schema.String,
  role: Schema.String,
  userId: Schema.NullOr(UserId),
  action: Schema.String,
  targetType: Schema.String,
  targetId: Schema.String,
  reason: Schema.NullOr(Schema.String),
  before: Schema.Json,
  after: Schema.Json,
  correlationId: Schema.NullOr(CorrelationId),
  /** Covers this entry and the hash of the one before it. */
  hash: Schema.String
})

/** Only truncation at the very end goes unnoticed: compare `last_hash` with one stored elsewhere. */
export const AuditCheck = snakeKeys({
  /** Entries checked, counted from the first: all of them, up to a broken one, or as many as time allowed. */
  entries: Schema.Int,
  lastHash: Schema.OptionFromNullOr(Schema.String),
  /** The first entry that was altered, or whose predecessor was; null if there is none. */
  brokenEntry: Schema.OptionFromNullOr(Schema.Int),
  /** Where to continue if the check is unfinished; null if it reached the end or found a broken entry. */
  nextCursor: Schema.NullOr(Schema.String)
})

/** Newest first; `next_cursor` is null on the last page. */
export const AuditPage = snakeKeys({
  entries: Schema.Array(AuditView),
  nextCursor: Schema.NullOr(Schema.String)
})

export class AuditGroup
  extends HttpApiGroup.make("audit").annotate(OpenApi.Description, "The audit log, for admins.").add(
    HttpApiEndpoint.get("list", "/api/v1/audit", { query: { cursor, limit }, success: AuditPage }).annotate(
      OpenApi.Summary,
      "The audit log, newest first"
    ).annotate(OpenApi.Description, "A page of entries: who did what, to what, when and why."),
    /** Recomputes every entry's hash, for ten seconds at most; continue with the cursor. */
    HttpApiEndpoint.get("check", "/api/v1/audit/check", { query: { cursor }, success: AuditCheck }).annotate(
      OpenApi.Summary,
      "Verify the audit log's hashes"
    ).annotate(
      OpenApi.Description,
      "Computes each entry's hash again, for ten seconds at most. The answer says where to continue."
    ).annotate(
      ConcurrencyLimit,
      "check"
    )
  ).annotateEndpoints(RequiredRole, "admin")
{}
