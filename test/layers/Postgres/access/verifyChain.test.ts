/**
 * The audit log's guarantees: written together with the change or not at all, never changed by us, and every forgery is
 * detected.
 */
import { assert } from "@effect/vitest"
import { Clock, Duration, Effect, Option } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { asUsers } from "../../../../layers/Postgres/connection/asUser.ts"
import { AuditLog } from "../../../../services/AuditLog.ts"
import { Documents } from "../../../../services/Documents.ts"
import { Jobs } from "../../../../services/Jobs.ts"
import { localUserId, UserId } from "../../../../src/domain/Ids.ts"
import { auditCheck } from "../../../../src/policy/lists.ts"
import { asOwner } from "../../../support/databases/asOwner.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { accept, emptyTables, heldAt, stores } from "../../../support/databases/stores.ts"
import { brokenAfter, by, record, written } from "./auditEntries.ts"

onEachDatabase("an entry of the audit log", (it, database) => {
  it.layer(stores)((it) => {
    it.effect(
      "an entry of the audit log is written with each retry, cancel and delete, and says who, why, and "
        + "what changed",
      () =>
        Effect.gen(function*() {
          yield* emptyTables
          const [documents, jobs] = [yield* Documents, yield* Jobs]
          const job = yield* heldAt("chunking")
          const entries = yield* written(Effect.all([
            jobs.cancel(localUserId, job.jobId, by),
            jobs.retry(localUserId, job.jobId, by),
            documents.remove(localUserId, job.documentId, by)
          ]))
          const status = (name: string) => ({ status: name })
          assert.deepStrictEqual(
            entries.map(({ action, after, before, targetId, targetType }) => ({
              action,
              after,
              before,
              targetId,
              targetType
            })),
            [
              {
                action: "job.cancel",
                before: status("chunking"),
                after: status("failed_chunking"),
                targetType: "job",
                targetId: job.jobId
              },
              {
                action: "job.retry",
                before: status("failed_chunking"),
                after: status("chunking"),
                targetType: "job",
                targetId: job.jobId
              },
              {
                action: "document.delete",
                before: { status: "chunking", bytes: job.bytes, sha256: job.rawSha256 },
                after: null,
                targetType: "document",
                targetId: job.documentId
              }
            ]
          )
          for (const entry of entries) assert.include(entry, { ...by, userId: localUserId })
        })
    )

    it.effect("an entry of the audit log is not written if nothing changed or the change was rolled back", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const [documents, jobs] = [yield* Documents, yield* Jobs]
        const sql = yield* SqlClient.SqlClient
        const job = yield* accept()
        const stranger = UserId.make(randomUUID())
        const entries = yield* written(Effect.all([
          jobs.retry(localUserId, job.jobId, by),
          jobs.cancel(stranger, job.jobId, by),
          documents.remove(stranger, job.documentId, by),
          sql.withTransaction(Effect.andThen(jobs.cancel(localUserId, job.jobId, by), Effect.fail("stop")))
        ]))
        assert.deepStrictEqual(entries, [])
        assert.strictEqual(Option.getOrThrow(yield* jobs.find(localUserId, job.jobId)).status, "uploaded")
      }))

    it.effect(
      "an entry of the audit log is never changed or removed: by neither role, and by the owner only "
        + "with the trigger disabled",
      () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          yield* record("kept")
          for (const statement of ["UPDATE audit_log SET reason = ''", "DELETE FROM audit_log", "TRUNCATE audit_log"]) {
            for (const as of [asOwner, asUsers(sql, [localUserId]), sql.withTransaction]) {
              assert.strictEqual(
                (yield* Effect.flip(as(sql.unsafe(statement)))).reason._tag,
                "AuthorizationError",
                statement
              )
            }
          }
          const forged = sql`INSERT INTO audit_log SELECT * FROM audit_log LIMIT 1`
          assert.strictEqual((yield* Effect.flip(forged)).reason._tag, "AuthorizationError")
        })
    )

    it.effect("an entry of the audit log that was forged is detected, whatever was changed", () =>
      Effect.gen(function*() {
        const { verify } = yield* AuditLog
        for (const name of ["a", "b", "c", "d"]) yield* record(name)
        const { broken, entries } = yield* verify()
        assert.isTrue(Option.isNone(broken))
        const second = entries - 2
        const forgeries = {
          "at = at + interval '1 microsecond'": second,
          "actor = 'key:8'": second,
          "role = 'admin'": second,
          "user_id = NULL": second,
          "action = 'test.unmade'": second,
          "target_type = 'x'": second,
          "target_id = 'x'": second,
          "reason = NULL": second,
          "before = '{}'": second,
          "after = '0'": second,
          "correlation_id = NULL": second,
          "previous_hash = hash": second,
          "hash = previous_hash": second
        }
        for (const [change, at] of Object.entries(forgeries)) {
          assert.strictEqual(
            yield* brokenAfter(`UPDATE audit_log SET ${change} WHERE entry_id = ${second}`),
            at,
            change
          )
        }
        assert.strictEqual(
          yield* brokenAfter(`UPDATE audit_log e SET actor = 'key:8', hash = accessa_audit_hash(
            (entry_id, at, 'key:8', role, user_id, action, target_type, target_id, reason, before, after, correlation_id,
              previous_hash, hash)::audit_log) WHERE entry_id = ${second}`),
          second + 1,
          "with a hash that fits"
        )
        assert.strictEqual(
          yield* brokenAfter(`DELETE FROM audit_log WHERE entry_id = ${second}`),
          second + 1,
          "removed"
        )
        assert.strictEqual(
          yield* brokenAfter(
            `INSERT INTO audit_log SELECT (jsonb_populate_record(e, jsonb_build_object('entry_id', entry_id + 1))).*
            FROM audit_log e WHERE entry_id = ${entries}`
          ),
          entries + 1,
          "added"
        )
        assert.isTrue(Option.isNone((yield* verify()).broken))
      }))

    it.effect("an entry of the audit log has the same hash in every session, whatever its time zone", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const { verify } = yield* AuditLog
        yield* record("here")
        const abroad = Effect.all([
          sql`SET LOCAL timezone = 'Asia/Kolkata'`,
          sql`SET LOCAL datestyle = 'SQL, DMY'`,
          sql`SET LOCAL lc_time = 'C'`,
          record("abroad")
        ])
        assert.isTrue(Option.isNone((yield* sql.withTransaction(Effect.andThen(abroad, verify()))).broken))
        assert.isTrue(Option.isNone((yield* verify()).broken))
      }))

    it.effect(
      "an entry of the audit log is checked page by page, and a check that ran out of time continues "
        + "from there",
      () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          const { verify } = yield* AuditLog
          yield* sql`SELECT accessa_audit('key:7', 'admin', NULL, 'test.made', 'test', n::text, NULL, NULL, NULL, NULL)
          FROM generate_series(1, ${auditCheck.page * 2 + 1}::int) n`
          const all = yield* verify()
          const real = Clock.Clock.defaultValue()
          let now = 0
          const currentTimeMillis = Effect.sync(() => now += Duration.toMillis(auditCheck.time) + 1)
          const hurried = Effect.provideService(verify(), Clock.Clock, {
            currentTimeMillisUnsafe: () => real.currentTimeMillisUnsafe(),
            currentTimeMillis,
            currentTimeNanosUnsafe: () => real.currentTimeNanosUnsafe(),
            currentTimeNanos: real.currentTimeNanos,
            monotonicTimeNanosUnsafe: () => real.monotonicTimeNanosUnsafe(),
            monotonicTimeNanos: real.monotonicTimeNanos,
            sleep: (duration) => real.sleep(duration)
          })
          const first = yield* hurried
          assert.deepInclude(first, { entries: auditCheck.page, broken: Option.none() })
          const next = Option.getOrThrow(first.next)
          assert.deepStrictEqual(yield* verify(next), { ...all, next: Option.none() })
          const other = { ...next, hash: "0".repeat(64) }
          assert.deepInclude(yield* verify(other), { broken: Option.some(auditCheck.page + 1) })
        })
    )

    it.effect("an entry of the audit log joins a single chain, however many are written concurrently", () =>
      Effect.gen(function*() {
        const { verify } = yield* AuditLog
        const before = yield* verify()
        const many = database === "postgres" ? 200 : 50
        yield* Effect.forEach(Array.from({ length: many }), (_, n) => record(`${n}`), {
          concurrency: 10,
          discard: true
        })
        assert.deepInclude(yield* verify(), { entries: before.entries + many, broken: Option.none() })
      }))
  })
})
