/** API keys, for admins: made, listed, replaced and revoked. */
import { Duration, Effect, Option, Redacted } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { type ApiKey, ApiKeys, type MadeApiKey } from "../../services/ApiKeys.ts"
import type { KeyId } from "../domain/Principal.ts"
import { Caller } from "./Access.ts"
import type { KeyView } from "./AccessView.ts"
import { Api } from "./Api.ts"
import { byCaller } from "./byCaller.ts"
import { Correlation } from "./Correlation.ts"
import { NotFound } from "./Problem.ts"
import { setHeader } from "./setHeader.ts"
import { stageProblem } from "./stageProblem.ts"

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
