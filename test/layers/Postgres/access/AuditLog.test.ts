import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { AuditLog } from "../../../../services/AuditLog.ts"
import { localUserId } from "../../../../src/domain/Ids.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { stores } from "../../../support/databases/stores.ts"

onEachDatabase("the audit log", (it) => {
  it.layer(stores)((it) => {
    it.effect("the audit log records who did what for whom and why, and lists the newest first, page by page", () =>
      Effect.gen(function*() {
        const log = yield* AuditLog
        const by = { actor: "key:1", role: "operator", reason: "ticket 7", correlationId: null }
        for (const targetId of ["a", "b", "c"]) {
          yield* log.record({ by, userId: localUserId, action: "jobs.get", targetType: "job", targetId })
        }
        const newest = yield* log.page(undefined, 2)
        assert.deepStrictEqual(newest.map(({ targetId }) => targetId), ["c", "b"])
        assert.include(newest[0], { ...by, userId: localUserId, action: "jobs.get", targetType: "job", before: null })
        const older = yield* log.page(newest.at(-1)?.entryId, 2)
        assert.deepStrictEqual(older.map(({ targetId }) => targetId), ["a"])
      }))

    it.effect("the audit log shows hashes that make a chain", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const rows = yield* sql<{ readonly hash: string; readonly previous_hash: string }>`
          SELECT hash, previous_hash FROM audit_log ORDER BY entry_id`
        const shown = yield* (yield* AuditLog).page(undefined, 100)
        assert.deepStrictEqual(shown.map(({ hash }) => hash).toReversed(), rows.map(({ hash }) => hash))
        for (const [index, row] of rows.slice(1).entries()) assert.strictEqual(row.previous_hash, rows[index]?.hash)
      }))
  })
})
