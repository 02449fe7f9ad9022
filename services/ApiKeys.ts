/** API keys: created, looked up by secret, rotated and revoked. The secret itself is returned once and never stored. */
import { Context, type DateTime, type Duration, type Effect, type Option, type Redacted, Schema } from "effect"
import type { UserId } from "../src/domain/Ids.ts"
import { PagePlace } from "../src/domain/PagePlace.ts"
import type { By, KeyId, Principal, Role } from "../src/domain/Principal.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export interface NewApiKey {
  readonly userId: UserId
  readonly role: Role
  readonly name: string
  readonly expiresAt: DateTime.Utc | null
}

export interface ApiKey extends NewApiKey {
  readonly keyId: KeyId
  /** The visible beginning of the key, so that people can tell keys apart. */
  readonly prefix: string
  readonly createdAt: DateTime.Utc
  readonly revokedAt: DateTime.Utc | null
  /** To the minute. */
  readonly lastUsedAt: DateTime.Utc | null
}

export const KeyPlace = PagePlace.pipe(Schema.brand("KeyPlace"))
export type KeyPlace = typeof KeyPlace.Type

export interface KeyPage {
  /** The end of the previous page. */
  readonly after?: KeyPlace
  readonly limit: number
}

export interface ListedKeys {
  readonly keys: ReadonlyArray<ApiKey>
  /** Where the next page begins; none on the last page. */
  readonly next: Option.Option<KeyPlace>
}

export interface MadeApiKey {
  readonly key: ApiKey
  readonly secret: Redacted.Redacted
}

export class ApiKeys extends Context.Service<ApiKeys, {
  /** The answer has the only copy of the secret. */
  readonly make: (key: NewApiKey, by: By) => Effect.Effect<MadeApiKey, ServiceError>
  /** None if the key is unknown, expired or revoked; takes about the same time in each case. */
  readonly authenticate: (secret: Redacted.Redacted) => Effect.Effect<Option.Option<Principal>, ServiceError>
  /** Newest first, including revoked and expired keys. */
  readonly list: (page: KeyPage) => Effect.Effect<ListedKeys, ServiceError>
  /**
   * Creates a new key with the same user, role and expiry; the old one stays valid for `grace`. None if it is no longer
   * valid.
   */
  readonly rotate: (
    key: KeyId,
    grace: Duration.Duration,
    by: By
  ) => Effect.Effect<Option.Option<MadeApiKey>, ServiceError>
  /** Takes effect at once. None if there is no such key; revoking again changes nothing. */
  readonly revoke: (key: KeyId, by: By) => Effect.Effect<Option.Option<ApiKey>, ServiceError>
  /** Whether at least one key is valid. */
  readonly any: Effect.Effect<boolean, ServiceError>
}>()("accessa/services/ApiKeys") {}
