/** The audit log on Postgres, whose triggers and functions make the chain (migration 0002) and its archive (0019). */
import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { AuditLog } from "../../../services/AuditLog.ts"
import { CorrelationId, UserId } from "../../../src/domain/Ids.ts"
import { auditSegment } from "../../../src/policy/retention.ts"
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
        const end = before ?? 2 ** 31 - 1
        return yield* readEntries(sql`
          SELECT entry_id::float8 AS "entryId", at, actor, role, user_id AS "userId", action, target_type AS "targetType",
            target_id AS "targetId", reason, before, after, correlation_id AS "correlationId", hash
          FROM (
            (SELECT * FROM audit_log WHERE entry_id < ${end} ORDER BY entry_id DESC LIMIT ${limit})
            UNION ALL
            (SELECT e.* FROM (
              SELECT entries FROM audit_archives WHERE first_entry < ${end} ORDER BY first_entry DESC
              LIMIT ${Math.ceil(limit / auditSegment) + 1}
            ) a CROSS JOIN LATERAL jsonb_populate_recordset(NULL::audit_log, a.entries) e WHERE e.entry_id < ${end})
          ) log ORDER BY entry_id DESC LIMIT ${limit}`)
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
