/** API keys, for admins. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { UserId } from "../domain/Ids.ts"
import { nullFirst } from "../domain/nullFirst.ts"
import { KeyId, Role } from "../domain/Principal.ts"
import { snakeKeys } from "../domain/snakeKeys.ts"
import { RequiredRole } from "./annotations.ts"
import { cursor, Moment, reason } from "./fields.ts"
import { Idempotency } from "./Idempotency.ts"
import { TrimmedText } from "./PlainText.ts"
import { NotFound } from "./Problem.ts"

const date = Schema.DateTimeUtcFromString

export const KeyView = snakeKeys({
  keyId: KeyId,
  userId: UserId,
  role: Role,
  name: Schema.String,
  /** The visible beginning of the key. */
  prefix: Schema.String,
  createdAt: date,
  expiresAt: nullFirst(date),
  revokedAt: nullFirst(date),
  lastUsedAt: nullFirst(date)
})
export type KeyView = typeof KeyView.Type

/** The only answer that contains the secret; null if it repeats the answer to an earlier request. */
export const MadeKey = snakeKeys({ ...KeyView.to.fields, secret: Schema.NullOr(Schema.String) })

/** Newest first; `next_cursor` is null on the last page. */
export const KeyList = snakeKeys({ keys: Schema.Array(KeyView), nextCursor: Schema.NullOr(Schema.String) })

const limit = Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000 })))

export const NewKey = Schema.Struct({
  name: TrimmedText.check(Schema.isMinLength(1), Schema.isMaxLength(100)).pipe(
    Schema.annotateEncoded({ description: "1 to 100 characters, apart from white space around them." })
  ),
  role: Role,
  user_id: Schema.optionalKey(UserId.pipe(Schema.annotateEncoded({ description: "Absent: the caller's own." }))),
  /** Absent: never. */
  expires_at: Schema.optionalKey(Moment)
})

const Rotation = Schema.Struct({
  /** Seconds for which the old key stays valid; a day if absent. */
  grace_s: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2_592_000 })))
})

export class KeysGroup extends HttpApiGroup.make("keys").annotate(OpenApi.Description, "API keys, for admins.").add(
  HttpApiEndpoint.post("create", "/", {
    payload: NewKey,
    headers: reason,
    success: MadeKey.pipe(HttpApiSchema.status(201))
  }).annotate(OpenApi.Summary, "Create an API key").annotate(
    OpenApi.Description,
    "The answer contains the key, which is never shown again."
  ),
  HttpApiEndpoint.get("list", "/", { query: { cursor, limit }, success: KeyList }).annotate(
    OpenApi.Summary,
    "All API keys, newest first"
  ).annotate(OpenApi.Description, "A page of their names, roles and times. The keys themselves are not stored."),
  HttpApiEndpoint.post("rotate", "/:key_id/rotate", {
    params: { key_id: KeyId },
    payload: Rotation,
    headers: reason,
    success: MadeKey.pipe(HttpApiSchema.status(201)),
    error: NotFound
  }).annotate(OpenApi.Summary, "Replace an API key").annotate(
    OpenApi.Description,
    "Returns a new key with the same role, user and expiry. The old one works for another `grace_s` seconds. Do not rotate it "
      + "again in that time: the key made from it would expire with it."
  ),
  HttpApiEndpoint.post("revoke", "/:key_id/revoke", {
    params: { key_id: KeyId },
    headers: reason,
    success: KeyView,
    error: NotFound
  }).annotate(OpenApi.Summary, "Revoke an API key").annotate(
    OpenApi.Description,
    "The key is refused from then on. Event streams that it opened end within 15 seconds."
  )
).annotateEndpoints(RequiredRole, "admin").middleware(Idempotency).prefix("/api/v1/keys") {}
