/** API keys: made, found by their secret, replaced and withdrawn. The secret itself is answered once and kept nowhere. */
import { Context, type DateTime, type Duration, type Effect, type Option, type Redacted } from "effect"
import type { CorrelationId, UserId } from "../src/domain/Ids.ts"
import type { KeyId, Principal, Role } from "../src/domain/Principal.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export interface NewApiKey {
  readonly userId: UserId
  readonly role: Role
  readonly name: string
  readonly expiresAt: DateTime.Utc | null
}

export interface ApiKey extends NewApiKey {
  readonly keyId: KeyId
  /** The readable beginning of the key, by which people tell keys apart. */
  readonly prefix: string
  readonly createdAt: DateTime.Utc
  readonly revokedAt: DateTime.Utc | null
  /** To the minute. */
  readonly lastUsedAt: DateTime.Utc | null
}

export interface MadeApiKey {
  readonly key: ApiKey
  readonly secret: Redacted.Redacted
}

/** Who changes a key and why, for the audit log. */
export interface By {
  readonly actor: string
  readonly role: string
  readonly reason: string | null
  readonly correlationId: CorrelationId | null
}

export class ApiKeys extends Context.Service<ApiKeys, {
  readonly make: (key: NewApiKey, by: By) => Effect.Effect<MadeApiKey, ServiceError>
  /** None for a key that is unknown, expired or revoked, in about the same time for all. */
  readonly authenticate: (secret: Redacted.Redacted) => Effect.Effect<Option.Option<Principal>, ServiceError>
  /** Newest first, also those that no longer work. */
  readonly list: Effect.Effect<ReadonlyArray<ApiKey>, ServiceError>
  /** A new key for the same user, role and expiry; the old one works for `grace` more. None if it no longer works. */
  readonly rotate: (
    key: KeyId,
    grace: Duration.Duration,
    by: By
  ) => Effect.Effect<Option.Option<MadeApiKey>, ServiceError>
  /** At once. None if there is no such key; revoking again changes nothing. */
  readonly revoke: (key: KeyId, by: By) => Effect.Effect<Option.Option<ApiKey>, ServiceError>
  /** Whether anybody could come in by a key. */
  readonly any: Effect.Effect<boolean, ServiceError>
}>()("accessa/services/ApiKeys") {}
