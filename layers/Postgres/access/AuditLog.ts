/** The audit log on Postgres, whose triggers and functions make the chain (migration 0002). */
import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { AuditLog } from "../../../services/AuditLog.ts"
import { CorrelationId, UserId } from "../../../src/domain/Ids.ts"
import { rowsOf, run } from "../connection/rows.ts"
import { SlowReads } from "../connection/SlowReads.ts"
import { verifyChain } from "./verifyChain.ts"

export const AuditLogSql = Layer.effect(
  AuditLog,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const slow = yield* SlowReads
    return AuditLog.of({
      record: Effect.fn("AuditLog.record")(function*({ action, by, targetId, targetType, userId }) {
        yield* run(sql`
          SELECT accessa_audit(${by.actor}, ${by.role}, ${userId}::uuid, ${action}, ${targetType}, ${targetId},
            ${by.reason}, NULL, NULL, ${by.correlationId}::uuid)`)
      }),
      page: Effect.fn("AuditLog.page")(function*(before, limit) {
        return yield* readEntries(sql`
          SELECT entry_id::float8 AS "entryId", at, actor, role, user_id AS "userId", action, target_type AS "targetType",
            target_id AS "targetId", reason, before, after, correlation_id AS "correlationId", hash
          FROM audit_log WHERE entry_id < ${before ?? 2 ** 31 - 1} ORDER BY entry_id DESC LIMIT ${limit}`)
      }),
      // One page at a time, on the connections for slow reads.
      verify: (from) => verifyChain(slow, from)
    })
  })
)

const readEntries = rowsOf(Schema.Struct({
  entryId: Schema.Int,
  at: Schema.DateTimeUtcFromDate,
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
  hash: Schema.String
}))
