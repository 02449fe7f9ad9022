import { assert } from "@effect/vitest"
import { DateTime, Duration, Effect, Option, Redacted, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { ApiKeys, type NewApiKey } from "../../../../services/ApiKeys.ts"
import { sha256 } from "../../../../src/domain/hash.ts"
import { localUserId } from "../../../../src/domain/Ids.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { stores } from "../../../support/databases/stores.ts"

const by = { actor: "test", role: "admin", reason: "a test", correlationId: null }
const aKey: NewApiKey = { userId: localUserId, role: "operator", name: "laptop", expiresAt: null }

const works = Effect.fnUntraced(function*(secret: Redacted.Redacted) {
  const keys = yield* ApiKeys
  return Option.isSome(yield* keys.authenticate(secret))
})

onEachDatabase("API keys", (it) => {
  it.layer(stores)((it) => {
    it.effect("authenticate their bearer with the user and role they were created for", () =>
      Effect.gen(function*() {
        const keys = yield* ApiKeys
        const { key, secret } = yield* keys.make(aKey, by)
        assert.match(Redacted.value(secret), /^acc_[0-9a-f]{8}_[0-9a-f]{64}$/)
        assert.deepStrictEqual(
          yield* keys.authenticate(secret),
          Option.some({ userId: localUserId, role: "operator" as const, actor: `key:${key.keyId}` })
        )
      }))

    it.effect("API keys are stored only as hashes", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const { key, secret } = yield* (yield* ApiKeys).make(aKey, by)
        const [row] = yield* sql<Record<string, unknown>>`SELECT * FROM api_keys WHERE key_id = ${key.keyId}`
        assert.strictEqual(row?.["secret_sha256"], sha256(Redacted.value(secret)))
        assert.notInclude(JSON.stringify(row), Redacted.value(secret).slice(13))
      }))

    it.effect("are recorded in the audit log without their hashes", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const keys = yield* ApiKeys
        const { key } = yield* keys.make(aKey, by)
        const next = Option.getOrThrow(yield* keys.rotate(key.keyId, Duration.hours(1), by))
        yield* keys.revoke(next.key.keyId, by)
        yield* keys.revoke(next.key.keyId, by)
        const entries = yield* sql<Record<string, unknown>>`
          SELECT actor, role, user_id, action, target_type, target_id, reason, before, after FROM audit_log
          WHERE target_id IN (${key.keyId}, ${next.key.keyId}) ORDER BY entry_id`
        assert.deepStrictEqual(entries.map(({ action, target_id }) => [action, target_id]), [
          ["key.create", key.keyId],
          ["key.rotate", next.key.keyId],
          ["key.revoke", next.key.keyId]
        ])
        for (const entry of entries) {
          assert.include(entry, { actor: "test", role: "admin", user_id: localUserId, reason: "a test" })
          assert.notInclude(JSON.stringify(entry), "sha256")
        }
      }))

    it.effect("say when they were last used", () =>
      Effect.gen(function*() {
        const keys = yield* ApiKeys
        const { key, secret } = yield* keys.make(aKey, by)
        assert.isNull(key.lastUsedAt)
        yield* keys.authenticate(secret)
        assert.isNotNull((yield* keys.list({ limit: 100 })).keys.find(({ keyId }) => keyId === key.keyId)?.lastUsedAt)
      }))

    it.effect("are listed newest first, page after page, also after a key that is gone", () =>
      Effect.gen(function*() {
        const [sql, keys] = [yield* SqlClient.SqlClient, yield* ApiKeys]
        yield* sql`DELETE FROM api_keys`
        yield* Effect.replicateEffect(keys.make(aKey, by), 5, { discard: true })
        // Two of the same moment: only their ids tell which comes first.
        yield* sql`UPDATE api_keys SET created_at = (SELECT max(created_at) FROM api_keys)
          WHERE key_id IN (SELECT key_id FROM api_keys ORDER BY created_at DESC LIMIT 3)`
        const all = (yield* keys.list({ limit: 5 })).keys
        let page = yield* keys.list({ limit: 2 })
        const found = [...page.keys]
        yield* sql`DELETE FROM api_keys WHERE key_id = ${found[1]?.keyId ?? ""}`
        while (Option.isSome(page.next)) {
          page = yield* keys.list({ limit: 2, after: page.next.value })
          found.push(...page.keys)
        }
        assert.lengthOf(all, 5)
        assert.deepStrictEqual(found, all)
      }))

    it.effect("expire at their time, or at once when revoked", () =>
      Effect.gen(function*() {
        const keys = yield* ApiKeys
        const over = yield* keys.make({ ...aKey, expiresAt: DateTime.makeUnsafe("2020-01-01T00:00:00Z") }, by)
        assert.isFalse(yield* works(over.secret))
        const { key, secret } = yield* keys.make(aKey, by)
        assert.isTrue(yield* works(secret))
        const revoked = Option.getOrThrow(yield* keys.revoke(key.keyId, by))
        assert.isFalse(yield* works(secret))
        assert.deepStrictEqual(Option.getOrThrow(yield* keys.revoke(key.keyId, by)).revokedAt, revoked.revokedAt)
      }))

    it.effect("API keys are replaced by a new one, while the old one works for a grace period", () =>
      Effect.gen(function*() {
        const keys = yield* ApiKeys
        const old = yield* keys.make(aKey, by)
        const next = Option.getOrThrow(yield* keys.rotate(old.key.keyId, Duration.hours(1), by))
        assert.include(next.key, { userId: localUserId, role: "operator", name: "laptop", expiresAt: null })
        assert.isTrue(yield* works(old.secret))
        assert.isTrue(yield* works(next.secret))
        yield* keys.rotate(next.key.keyId, Duration.zero, by)
        assert.isFalse(yield* works(next.secret))
        assert.isTrue(Option.isNone(yield* keys.rotate(next.key.keyId, Duration.zero, by)))
      }))

    it.effect("keep their expiry, however often they are rotated", () =>
      Effect.gen(function*() {
        const keys = yield* ApiKeys
        const expiresAt = DateTime.add(DateTime.makeUnsafe(Date.now()), { days: 2 })
        const first = yield* keys.make({ ...aKey, expiresAt }, by)
        const second = Option.getOrThrow(yield* keys.rotate(first.key.keyId, Duration.hours(1), by))
        const third = Option.getOrThrow(yield* keys.rotate(second.key.keyId, Duration.zero, by))
        for (const { key } of [second, third]) assert.deepStrictEqual(key.expiresAt, expiresAt)
        // A key already in its grace period only passes on what is left of it.
        const again = Option.getOrThrow(yield* keys.rotate(first.key.keyId, Duration.hours(9), by))
        assert.isTrue(again.key.expiresAt !== null && DateTime.isLessThan(again.key.expiresAt, expiresAt))
      }))

    it.effect.prop(
      "are refused if one character is changed",
      [Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 76 })), Schema.Literals(["0", "7", "f", "F", "_"])],
      ([at, digit]) =>
        Effect.gen(function*() {
          const { secret } = yield* (yield* ApiKeys).make(aKey, by)
          const text = Redacted.value(secret)
          const forged = text.slice(0, at) + digit + text.slice(at + 1)
          assert.strictEqual(yield* works(Redacted.make(forged)), forged === text)
        }),
      { arbitrary: { runs: 30 } }
    )
  })
})
