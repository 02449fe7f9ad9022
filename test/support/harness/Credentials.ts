/** Callers of every role for the HTTP API under test, and keys in memory. */
import { DateTime, Duration, Effect, Layer, Option, Redacted, Schema } from "effect"
import { randomUUID } from "node:crypto"
import { type ApiKey, ApiKeys, KeyPlace, type NewApiKey } from "../../../services/ApiKeys.ts"
import { AuditLog, type StoredAuditEntry } from "../../../services/AuditLog.ts"
import { type Claim, type Hold, IdempotencyKeys, type StoredAnswer } from "../../../services/IdempotencyKeys.ts"
import { TokenVerifier } from "../../../services/TokenVerifier.ts"
import { localUserId, UserId } from "../../../src/domain/Ids.ts"
import { KeyId, Role } from "../../../src/domain/Principal.ts"

/** Of the local user. */
export const keyOf = (role: Role): string => `acc_test_${role}`

/** For other users: the token is the user's id. */
export const tokenOf = (user: UserId): string => user

const decodeUser = Schema.decodeUnknownOption(UserId)

interface Entry {
  readonly key: ApiKey
  readonly secret: string
}

const placeOf = ({ createdAt, keyId }: ApiKey) => KeyPlace.make(`${DateTime.toEpochMillis(createdAt)}000.${keyId}`)

export const CredentialsMemory = Layer.mergeAll(
  Layer.sync(ApiKeys, () => {
    const entries = new Map<string, Entry>()
    const add = (key: NewApiKey, secret: string): Entry => {
      const keyId = KeyId.make(randomUUID())
      const entry = {
        key: {
          ...key,
          keyId,
          prefix: secret.slice(0, 12),
          createdAt: DateTime.makeUnsafe(entries.size),
          revokedAt: null,
          lastUsedAt: null
        },
        secret
      }
      entries.set(keyId, entry)
      return entry
    }
    const made = ({ key, secret }: Entry) => ({ key, secret: Redacted.make(secret) })
    for (const role of Role.literals) {
      add({ userId: localUserId, role, name: role, expiresAt: null }, keyOf(role))
    }
    const works = ({ key }: Entry, now: DateTime.Utc) =>
      key.revokedAt === null && (key.expiresAt === null || DateTime.isGreaterThan(key.expiresAt, now))
    const change = (id: KeyId, fields: Partial<ApiKey>) => {
      const entry = entries.get(id)
      if (entry !== undefined) entries.set(id, { ...entry, key: { ...entry.key, ...fields } })
      return Option.fromNullishOr(entries.get(id)?.key)
    }
    return ApiKeys.of({
      make: (key) => Effect.sync(() => made(add(key, `acc_${randomUUID()}`))),
      authenticate: (secret) =>
        Effect.map(DateTime.now, (now) => {
          const found = [...entries.values()].find((entry) =>
            entry.secret === Redacted.value(secret) && works(entry, now)
          )
          return Option.map(Option.fromNullishOr(found), ({ key: { keyId, role, userId } }) => ({
            userId,
            role,
            actor: `key:${keyId}`
          }))
        }),
      list: ({ after, limit }) =>
        Effect.sync(() => {
          const keys = [...entries.values()].map(({ key }) => key)
          const start = keys.findIndex((key) => placeOf(key) === after) + 1
          const page = keys.slice(start, start + limit)
          const last = Option.fromUndefinedOr(keys.length > start + limit ? page.at(-1) : undefined)
          return { keys: page, next: Option.map(last, placeOf) }
        }),
      rotate: (id, grace) =>
        Effect.map(DateTime.now, (now) => {
          const old = entries.get(id)
          if (old === undefined || !works(old, now)) return Option.none()
          const end = DateTime.addDuration(now, grace)
          change(id, { expiresAt: old.key.expiresAt === null ? end : DateTime.min(old.key.expiresAt, end) })
          return Option.some(made(add(old.key, `acc_${randomUUID()}`)))
        }),
      revoke: (id) => Effect.sync(() => change(id, { revokedAt: DateTime.makeUnsafe(0) })),
      any: Effect.succeed(true)
    })
  }),
  Layer.sync(AuditLog, () => {
    const entries: Array<StoredAuditEntry> = []
    return AuditLog.of({
      record: ({ by, ...entry }) =>
        Effect.sync(() => {
          const at = DateTime.makeUnsafe(entries.length)
          entries.unshift({ ...entry, ...by, entryId: entries.length + 1, at, before: null, after: null, hash: "" })
        }),
      page: (before = Infinity, limit) =>
        Effect.sync(() => entries.filter(({ entryId }) => entryId < before).slice(0, limit)),
      verify: () =>
        Effect.sync(() => ({
          entries: entries.length,
          lastHash: Option.map(Option.fromUndefinedOr(entries[0]), ({ hash }) => hash),
          broken: Option.none(),
          next: Option.none()
        }))
    })
  }),
  Layer.sync(IdempotencyKeys, () => {
    const held = new Map<string, StoredAnswer | undefined>()
    const requests = new Map<string, string>()
    const nameOf = ({ key, user }: Hold) => `${user} ${key}`
    return IdempotencyKeys.of({
      claim: (hold) =>
        Effect.sync((): Claim => {
          const answer = held.get(nameOf(hold))
          if (answer !== undefined) return { _tag: "Answered", answer }
          if (held.has(nameOf(hold))) return { _tag: "InFlight", patience: Duration.seconds(60) }
          held.set(nameOf(hold), undefined)
          const requestId = requests.get(nameOf(hold)) ?? randomUUID()
          requests.set(nameOf(hold), requestId)
          return { _tag: "Claimed", requestId }
        }),
      renew: () => Effect.void,
      record: (hold, answer) => Effect.sync(() => void held.set(nameOf(hold), answer)),
      release: (hold) => Effect.sync(() => void held.delete(nameOf(hold)))
    })
  }),
  Layer.succeed(TokenVerifier, {
    verify: (token) =>
      Effect.succeed(
        Option.map(
          decodeUser(Redacted.value(token)),
          (userId) => ({ userId, role: "user" as const, actor: `token:${userId}` })
        )
      )
  })
)
