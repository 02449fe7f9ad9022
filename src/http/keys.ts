/** API keys, for admins: made, listed, replaced and revoked. */
import { Duration, Effect, Option, Redacted } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { type ApiKey, ApiKeys, type MadeApiKey } from "../../services/ApiKeys.ts"
import { Caller } from "../api/Access.ts"
import type { KeyView } from "../api/AccessView.ts"
import { Api } from "../api/Api.ts"
import { Correlation } from "../api/Correlation.ts"
import { NotFound } from "../api/Problem.ts"
import type { KeyId } from "../domain/Principal.ts"
import { stageProblem } from "./middleware/stageProblem.ts"
import { byCaller } from "./server/byCaller.ts"
import { setHeader } from "./server/setHeader.ts"

const usualGrace = Duration.days(1)

export const KeysLive = HttpApiBuilder.group(
  Api,
  "keys",
  Effect.fnUntraced(function*(handlers) {
    const keys = yield* ApiKeys
    return handlers
      .handle(
        "create",
        Effect.fn("http.keys.create")(function*({ payload }) {
          const { userId } = yield* Caller
          const { expires_at, name, role, user_id } = payload
          const made = yield* keys.make(
            { userId: user_id ?? userId, role, name, expiresAt: expires_at ?? null },
            yield* byCaller
          )
          return yield* shownOnce(made)
        }, stageProblem)
      )
      .handle("list", () =>
        keys.list.pipe(
          Effect.map((found) => ({ keys: found.map(toView) })),
          stageProblem
        ))
      .handle(
        "rotate",
        Effect.fn("http.keys.rotate")(function*({ params, payload }) {
          const grace = payload.grace_s === undefined ? usualGrace : Duration.seconds(payload.grace_s)
          const made = yield* keys.rotate(params.key_id, grace, yield* byCaller)
          return Option.isSome(made) ? yield* shownOnce(made.value) : yield* missing(params.key_id)
        }, stageProblem)
      )
      .handle(
        "revoke",
        Effect.fn("http.keys.revoke")(function*({ params }) {
          const key = yield* keys.revoke(params.key_id, yield* byCaller)
          return Option.isSome(key) ? toView(key.value) : yield* missing(params.key_id)
        }, stageProblem)
      )
  })
)

const shownOnce = ({ key, secret }: MadeApiKey) =>
  Effect.as(setHeader("cache-control", "no-store"), { ...toView(key), secret: Redacted.value(secret) })

const missing = Effect.fnUntraced(function*(id: KeyId) {
  const detail = `There is no key ${id} that works.`
  return yield* new NotFound({ code: "KEY_NOT_FOUND", detail, correlation_id: yield* Correlation })
})

const toView = (key: ApiKey): KeyView => ({
  key_id: key.keyId,
  user_id: key.userId,
  role: key.role,
  name: key.name,
  prefix: key.prefix,
  created_at: key.createdAt,
  expires_at: key.expiresAt,
  revoked_at: key.revokedAt,
  last_used_at: key.lastUsedAt
})
