/** The audit log on Postgres, whose triggers and functions make the chain (migration 0002). */
import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import type { SqlError } from "effect/sql/SqlError"
import { AuditLog } from "../../services/AuditLog.ts"
import { CorrelationId, UserId } from "../../src/domain/Ids.ts"
import type { StageError } from "../../src/domain/StageError.ts"
import { inTransaction } from "../Database/inTransaction.ts"
import { rowError } from "../Database/rowError.ts"
import { SlowReads } from "../Database/SlowReads.ts"
import { toStageError } from "../Database/sqlErrors.ts"

/** The whole chain is read: longer than any search. */
const checkTimeout = "60s"

export const AuditLogSql = Layer.effect(
  AuditLog,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const slow = yield* SlowReads
    const failing = Effect.mapError<SqlError, StageError>(toStageError)
    return AuditLog.of({
      record: Effect.fn("AuditLog.record")(function*({ action, by, targetId, targetType, userId }) {
        yield* failing(sql`
          SELECT accessa_audit(${by.actor}, ${by.role}, ${userId}::uuid, ${action}, ${targetType}, ${targetId},
            ${by.reason}, NULL, NULL, ${by.correlationId}::uuid)`)
      }),
      page: Effect.fn("AuditLog.page")(function*(before, limit) {
        const rows = yield* failing(sql`
          SELECT entry_id::float8 AS "entryId", at, actor, role, user_id AS "userId", action, target_type AS "targetType",
            target_id AS "targetId", reason, before, after, correlation_id AS "correlationId", hash
          FROM audit_log WHERE entry_id < ${before ?? 2 ** 31 - 1} ORDER BY entry_id DESC LIMIT ${limit}`)
        return yield* Effect.mapError(decodeEntries(rows), rowError)
      }),
      verify: slow.sql`
        SELECT count(*)::int AS entries, (array_agg(hash ORDER BY entry_id DESC))[1] AS "lastHash",
          (min(entry_id) FILTER (WHERE entry_id <> place OR previous_hash <> before_hash OR hash <> computed))::int AS broken
        FROM (
          SELECT entry_id, hash, previous_hash, accessa_audit_hash(e) AS computed, row_number() OVER w AS place,
            lag(hash, 1, repeat('0', 64)) OVER w AS before_hash
          FROM audit_log e WINDOW w AS (ORDER BY entry_id)
        ) chain`.pipe(
        (check) => Effect.andThen(slow.sql`SELECT set_config('statement_timeout', ${checkTimeout}, true)`, check),
        inTransaction(slow.sql),
        slow.turn,
        failing,
        Effect.flatMap(([row]) => Effect.mapError(decodeCheck(row), rowError)),
        Effect.withSpan("AuditLog.verify")
      )
    })
  })
)

const decodeCheck = Schema.decodeUnknownEffect(Schema.Struct({
  entries: Schema.Int,
  lastHash: Schema.NullOr(Schema.String),
  broken: Schema.NullOr(Schema.Int)
}))

const decodeEntries = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({
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
})))
