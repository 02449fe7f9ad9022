/** Entries of the audit log, written and forged. */
import { Effect, Option } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { AuditLog } from "../../../../services/AuditLog.ts"
import type { Documents } from "../../../../services/Documents.ts"
import type { Jobs } from "../../../../services/Jobs.ts"
import { CorrelationId, localUserId } from "../../../../src/domain/Ids.ts"
import type { By } from "../../../../src/domain/Principal.ts"
import { asOwner } from "../../../support/databases/asOwner.ts"

export const by: By = {
  actor: "key:7",
  role: "operator",
  reason: "the customer's \"wish\", at 7'o clock\n😀",
  correlationId: CorrelationId.make(randomUUID())
}

/** Returns the entries written since, oldest first. */
export const written = Effect.fnUntraced(
  function*(statements: Effect.Effect<unknown, unknown, Documents | Jobs | SqlClient.SqlClient>) {
    const { page, verify } = yield* AuditLog
    const before = (yield* verify()).entries
    yield* Effect.exit(statements)
    return (yield* page(undefined, 100)).filter(({ entryId }) => entryId > before).toReversed()
  }
)

export const record = (targetId: string) =>
  Effect.flatMap(
    AuditLog,
    (log) => log.record({ by, userId: localUserId, action: "test.made", targetType: "test", targetId })
  )

/** Forges as only a superuser could, checks, and rolls back. */
export const brokenAfter = Effect.fnUntraced(function*(forgery: string) {
  const sql = yield* SqlClient.SqlClient
  const { verify } = yield* AuditLog
  const forged = Effect.gen(function*() {
    yield* sql`ALTER TABLE audit_log DISABLE TRIGGER USER`
    yield* sql.unsafe(forgery)
    return yield* Effect.fail(Option.getOrNull((yield* verify()).broken))
  })
  return yield* Effect.flip(asOwner(forged))
})
