/** Old entries of the audit log leave it for the archive, and nothing of the chain is lost on the way. */
import { assert } from "@effect/vitest"
import { Duration, Effect, Option } from "effect"
import { SqlClient } from "effect/sql"
import { AuditLog } from "../../../../services/AuditLog.ts"
import { Retention } from "../../../../services/Retention.ts"
import { localUserId } from "../../../../src/domain/Ids.ts"
import { auditSegment } from "../../../../src/policy/retention.ts"
import { keptForever } from "../../../support/builders/kept.ts"
import { asOwner } from "../../../support/databases/asOwner.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { someone, stores } from "../../../support/databases/stores.ts"

const kept = { ...keptForever, audit: Duration.zero }

const record = Effect.fnUntraced(function*(targetId: string) {
  const log = yield* AuditLog
  yield* log.record({ by: someone, userId: localUserId, action: "test.made", targetType: "test", targetId })
})

const archive = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE upkeep SET run_at = now()`
  const { prune } = yield* Retention
  return (yield* prune(kept)).filter(({ kind }) => kind === "audit")
})

const sizes = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ readonly log: number; readonly segments: number }>`
    SELECT (SELECT count(*) FROM audit_log)::int AS log, (SELECT count(*) FROM audit_archives)::int AS segments`
})

/** Tampers as only a superuser could, checks, and takes it back. */
const brokenAfter = (table: string, tampering: string) =>
  asOwner(Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const { verify } = yield* AuditLog
    yield* sql.unsafe(`ALTER TABLE ${table} DISABLE TRIGGER USER`)
    yield* sql.unsafe(tampering)
    return yield* Effect.fail(Option.getOrNull((yield* verify()).broken))
  })).pipe(Effect.flip)

onEachDatabase("the archive of the audit log", (it) => {
  it.layer(stores)((it) => {
    it.effect("the archive of the audit log takes all old entries but the newest, and the chain and the list stay whole", () =>
      Effect.gen(function*() {
        const log = yield* AuditLog
        const sql = yield* SqlClient.SqlClient
        yield* sql`SELECT accessa_audit('key:7', 'admin', NULL, 'test.made', 'test', n::text, NULL, 'null', '{"a": [1.50, "é"]}', NULL)
          FROM generate_series(1, ${auditSegment + 9}::int) n`
        const before = yield* log.verify()
        const listed = yield* log.page(undefined, 1_000)
        assert.isTrue(Option.isNone(before.broken))
        assert.deepStrictEqual(yield* archive, [
          { kind: "audit", removed: auditSegment, more: true, failure: Option.none() }
        ])
        assert.deepStrictEqual(yield* log.verify(), before)
        yield* archive
        assert.deepStrictEqual(yield* archive, [])
        assert.deepStrictEqual(yield* sizes, [{ log: 1, segments: 2 }])
        assert.deepStrictEqual(yield* log.verify(), before)
        assert.deepStrictEqual(yield* log.page(undefined, 1_000), listed)
        assert.deepStrictEqual(yield* log.page(6, 3), listed.filter(({ entryId }) => entryId < 6 && entryId > 2))
        yield* record("after the cut")
        assert.deepInclude(yield* log.verify(), { entries: before.entries + 1, broken: Option.none() })
      }))

    it.effect("the archive of the audit log takes no entry that is not old enough", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* record("young")
        yield* record("younger")
        const before = yield* sizes
        yield* sql`SELECT accessa_archive_audit(now() - interval '1 day', 500)`
        assert.deepStrictEqual(yield* sizes, before)
      }))

    it.effect("the archive of the audit log shows what was altered in it, removed from it, or added to it", () =>
      Effect.gen(function*() {
        for (const name of ["a", "b", "c"]) yield* record(name)
        yield* archive
        const altered = "jsonb_set(entries, '{2,actor}', '\"key:8\"')"
        assert.strictEqual(
          yield* brokenAfter("audit_archives", `UPDATE audit_archives SET entries = ${altered} WHERE first_entry = 1`),
          3
        )
        assert.strictEqual(
          yield* brokenAfter("audit_archives", "UPDATE audit_archives SET entries = entries - 4 WHERE first_entry = 1"),
          6
        )
        assert.strictEqual(
          yield* brokenAfter("audit_archives", "DELETE FROM audit_archives WHERE first_entry = 1"),
          auditSegment + 1
        )
        const doubled = "entries || jsonb_build_array(entries->0)"
        assert.strictEqual(
          yield* brokenAfter("audit_archives", `UPDATE audit_archives SET entries = ${doubled} WHERE first_entry = 1`),
          1
        )
        assert.isTrue(Option.isNone((yield* (yield* AuditLog).verify()).broken))
      }))

    it.effect("the archive of the audit log does not take an entry that was altered, and says which", () =>
      Effect.gen(function*() {
        for (const name of ["a", "b", "c"]) yield* record(name)
        const sql = yield* SqlClient.SqlClient
        const [oldest] = yield* sql<{ readonly id: number }>`SELECT min(entry_id)::int AS id FROM audit_log`
        const id = (oldest?.id ?? 0) + 1
        const before = yield* sizes
        const alter = (actor: string) =>
          asOwner(Effect.all([
            sql`ALTER TABLE audit_log DISABLE TRIGGER USER`,
            sql`UPDATE audit_log SET actor = ${actor} WHERE entry_id = ${id}`,
            sql`ALTER TABLE audit_log ENABLE TRIGGER USER`
          ]))
        yield* alter("key:8")
        const [round] = yield* archive
        const { cause } = Option.getOrThrow(round?.failure ?? Option.none())
        assert.include(String(cause), `Entry ${id} of the audit log does not follow from the one before it`)
        assert.deepStrictEqual(yield* sizes, before)
        yield* alter(someone.actor)
        assert.lengthOf(yield* archive, 1)
      }))

    it.effect("the archive of the audit log is never changed nor removed, and no entry leaves the log but for it", () =>
      Effect.gen(function*() {
        yield* record("last")
        const sql = yield* SqlClient.SqlClient
        for (
          const statement of [
            "UPDATE audit_archives SET entries = '[]'",
            "DELETE FROM audit_archives",
            "TRUNCATE audit_archives",
            "DELETE FROM audit_log",
            "INSERT INTO audit_archives VALUES (9, 9, '', '', now(), '[]')"
          ]
        ) {
          const { reason } = yield* Effect.flip(sql.withTransaction(sql.unsafe(statement)))
          assert.strictEqual(reason._tag, "AuthorizationError", statement)
        }
        for (const statement of ["UPDATE audit_archives SET entries = '[]'", "DELETE FROM audit_log"]) {
          assert.strictEqual(
            (yield* Effect.flip(asOwner(sql.unsafe(statement)))).reason._tag,
            "AuthorizationError",
            statement
          )
        }
      }))
  })
})
