/** API keys on Postgres, `acc_<prefix>_<secret>`: looked up by prefix, verified by the hash of the whole key. */
import { DateTime, Duration, Effect, Exit, Layer, Option, Redacted, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { timingSafeEqual } from "node:crypto"
import { type ApiKey, ApiKeys, KeyPlace, type NewApiKey } from "../../../services/ApiKeys.ts"
import { Ids } from "../../../services/Ids.ts"
import { sha256 } from "../../../src/domain/hash.ts"
import { UserId } from "../../../src/domain/Ids.ts"
import { nullFirst } from "../../../src/domain/nullFirst.ts"
import { type By, KeyId, type Principal, Role } from "../../../src/domain/Principal.ts"
import { makeCoalescer } from "../../shared/coalesce.ts"
import { atPlace, pageOf, placeOf } from "../connection/place.ts"
import { rowsOf, run } from "../connection/rows.ts"

const columns = `key_id AS "keyId", user_id AS "userId", role, name, prefix, created_at AS "createdAt",
  expires_at AS "expiresAt", revoked_at AS "revokedAt", last_used_at AS "lastUsedAt"`

const place = `${placeOf("created_at", "key_id")} AS place`

export const ApiKeysSql = Layer.effect(
  ApiKeys,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const ids = yield* Ids

    /** An audit entry for each row that the statement returns, without the hash. */
    const audit = (by: By, action: string, before: string, after: string) =>
      sql`accessa_audit(${by.actor}, ${by.role}, user_id, ${action}, 'api_key', key_id::text, ${by.reason},
        ${sql.literal(before)} - 'secret_sha256', ${sql.literal(after)} - 'secret_sha256',
        ${by.correlationId})`

    /** A new key's row, and the secret for its creator. */
    const draw = Effect.gen(function*() {
      const keyId = KeyId.make(yield* ids.uuid)
      const prefix = `acc_${(yield* ids.secret).slice(0, 8)}`
      const secret = `${prefix}_${yield* ids.secret}`
      return { keyId, prefix, hash: sha256(secret), secret: Redacted.make(secret) }
    })

    const make = Effect.fn("ApiKeys.make")(function*(key: NewApiKey, by: By) {
      const { hash, keyId, prefix, secret } = yield* draw
      const expires = key.expiresAt === null ? null : DateTime.toDate(key.expiresAt)
      const made = yield* readKeys(sql`
        WITH made AS (
          INSERT INTO api_keys (key_id, user_id, role, name, prefix, secret_sha256, expires_at)
          VALUES (${keyId}, ${key.userId}, ${key.role}, ${key.name}, ${prefix}, ${hash}, ${expires}) RETURNING *
        )
        SELECT ${sql.literal(columns)}, ${audit(by, "key.create", "NULL::jsonb", "to_jsonb(made)")} FROM made`)
      return { key: yield* only(made), secret }
    })

    /**
     * A flood of wrong keys occupies at most a connection or two: requests that arrive meanwhile are batched into the next
     * statement.
     */
    const lookUp = yield* makeCoalescer((asked: ReadonlyArray<Asked>) => find(sql, asked), { most: 64, lanes: 2 })

    const authenticate = Effect.fn("ApiKeys.authenticate")(function*(secret: Redacted.Redacted) {
      const text = Redacted.value(secret)
      const hash = sha256(text)
      const row = wellFormed.test(text) ? yield* lookUp({ prefix: text.slice(0, prefixLength), hash }) : undefined
      const matches = timingSafeEqual(Buffer.from(hash), Buffer.from(row?.secret_sha256 ?? unmatchedHash))
      if (row === undefined || !matches) return Option.none<Principal>()
      return Option.some<Principal>({ userId: row.user_id, role: row.role, actor: `key:${row.key_id}` })
    })

    return ApiKeys.of({
      make,
      authenticate,
      list: Effect.fn("ApiKeys.list")(function*({ after, limit }) {
        const { id, time } = atPlace(sql, after ?? "")
        const older = after === undefined
          ? sql`TRUE`
          : sql`created_at <= ${time} AND (created_at < ${time} OR key_id > ${id})`
        const rows = yield* readListed(sql`
          SELECT ${sql.literal(`${columns}, ${place}`)} FROM api_keys WHERE ${older}
          ORDER BY created_at DESC, key_id LIMIT ${limit + 1}`)
        const { next, page } = pageOf(rows, limit)
        return { keys: page, next }
      }),
      // One statement, so that there is always a valid key. The new key keeps the old one's expiry.
      rotate: Effect.fn("ApiKeys.rotate")(function*(key, grace, by) {
        const { hash, keyId, prefix, secret } = yield* draw
        const made = yield* readKeys(sql`
          WITH held AS (
            SELECT expires_at FROM api_keys
            WHERE key_id = ${key} AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
            FOR UPDATE
          ), old AS (
            UPDATE api_keys k SET expires_at = least(k.expires_at, now() + ${
          Duration.toSeconds(grace)
        } * interval '1 second')
            FROM held WHERE k.key_id = ${key}
            RETURNING k.*
          ), made AS (
            INSERT INTO api_keys (key_id, user_id, role, name, prefix, secret_sha256, expires_at)
            SELECT ${keyId}, user_id, role, name, ${prefix}, ${hash}, held.expires_at FROM old, held
            RETURNING *
          )
          SELECT ${sql.literal(columns)}, ${
          audit(by, "key.rotate", "(SELECT to_jsonb(old) FROM old)", "to_jsonb(made)")
        } FROM made`)
        return made.length === 0 ? Option.none() : Option.some({ key: yield* only(made), secret })
      }),
      revoke: Effect.fn("ApiKeys.revoke")(function*(key, by) {
        yield* run(sql`
          WITH gone AS (
            UPDATE api_keys SET revoked_at = now() WHERE key_id = ${key} AND revoked_at IS NULL RETURNING *
          )
          SELECT ${audit(by, "key.revoke", "NULL::jsonb", "to_jsonb(gone)")} FROM gone`)
        const [row] = yield* readKeys(sql`SELECT ${sql.literal(columns)} FROM api_keys WHERE key_id = ${key}`)
        return Option.fromNullishOr(row)
      }),
      any: sql`SELECT FROM api_keys WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) LIMIT 1`
        .pipe(
          run,
          Effect.map((rows) => rows.length > 0)
        )
    })
  })
)

/** `acc_` and eight hex digits. */
const prefixLength = 12
const wellFormed = /^acc_[0-9a-f]{8}_[0-9a-f]{64}$/
/** Compared with if no row was found, so that both cases take the same time. */
const unmatchedHash = "0".repeat(64)

interface Asked {
  readonly prefix: string
  readonly hash: string
}

const readFound = rowsOf(Schema.Struct({
  prefix: Schema.String,
  key_id: KeyId,
  user_id: UserId,
  role: Role,
  secret_sha256: Schema.String
}))

/** Skips keys locked by another statement: their last use was recorded a moment ago. */
const find = Effect.fnUntraced(function*(sql: SqlClient.SqlClient, asked: ReadonlyArray<Asked>) {
  const rows = yield* readFound(sql`
    WITH found AS (
      SELECT prefix, key_id, user_id, role, secret_sha256, last_used_at FROM api_keys
      WHERE prefix = ANY (${asked.map(({ prefix }) => prefix)}::text[])
        AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
    ), used AS (
      SELECT k.key_id FROM api_keys k JOIN found USING (key_id)
      WHERE found.secret_sha256 = ANY (${asked.map(({ hash }) => hash)}::text[])
        AND (found.last_used_at IS NULL OR found.last_used_at < now() - interval '1 minute')
      FOR NO KEY UPDATE OF k SKIP LOCKED
    ), noted AS (
      UPDATE api_keys SET last_used_at = now() FROM used WHERE api_keys.key_id = used.key_id
    )
    SELECT prefix, key_id, user_id, role, secret_sha256 FROM found`)
  const found = new Map(rows.map((row) => [row.prefix, row]))
  return asked.map(({ prefix }) => Exit.succeed(found.get(prefix)))
})

const date = Schema.DateTimeUtcFromDate
const KeyRow = Schema.Struct({
  keyId: KeyId,
  userId: UserId,
  role: Role,
  name: Schema.String,
  prefix: Schema.String,
  createdAt: date,
  expiresAt: nullFirst(date),
  revokedAt: nullFirst(date),
  lastUsedAt: nullFirst(date)
})
const readKeys = rowsOf(KeyRow)
const readListed = rowsOf(Schema.Struct({ ...KeyRow.fields, place: KeyPlace }))

const only = ([key]: ReadonlyArray<ApiKey>) =>
  key === undefined ? Effect.die(new Error("a row that was just written is not there")) : Effect.succeed(key)
