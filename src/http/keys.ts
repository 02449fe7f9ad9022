/** API keys, for admins: create, list, rotate, revoke. */
import { DateTime, Duration, Effect, Option, Redacted } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { ApiKeys, KeyPlace, type MadeApiKey } from "../../services/ApiKeys.ts"
import { Caller } from "../api/Access.ts"
import { Api } from "../api/Api.ts"
import { NotFound } from "../api/Problem.ts"
import { malformedRequest } from "../api/unreadable.ts"
import { defined } from "../domain/defined.ts"
import type { KeyId } from "../domain/Principal.ts"
import { keysAtOnce } from "../policy/lists.ts"
import { handler } from "./middleware/serviceProblem.ts"
import { byCaller } from "./server/byCaller.ts"
import { orMissing } from "./server/orMissing.ts"
import { fromCursor, toCursor } from "./server/pages.ts"
import { setHeader } from "./server/setHeader.ts"

const usualGrace = Duration.days(1)

export const KeysLive = HttpApiBuilder.group(
  Api,
  "keys",
  Effect.fnUntraced(function*(handlers) {
    const keys = yield* ApiKeys
    return handlers.handleAll({
      create: handler("http.keys.create", function*({ payload: { expires_at, name, role, user_id } }) {
        const { userId } = yield* Caller
        if (expires_at !== undefined && DateTime.isLessThanOrEqualTo(expires_at, yield* DateTime.now)) {
          const detail = `The key cannot expire in the past, at ${DateTime.formatIso(expires_at)}.`
          return yield* malformedRequest([{ pointer: "/payload/expires_at", detail }])
        }
        const key = { userId: user_id ?? userId, role, name, expiresAt: expires_at ?? null }
        return yield* shownOnce(yield* keys.make(key, yield* byCaller))
      }),
      list: handler("http.keys.list", function*({ query: { cursor, limit = keysAtOnce } }) {
        const found = yield* keys.list({ limit, ...defined({ after: yield* readPlace(cursor) }) })
        return { keys: found.keys, nextCursor: Option.getOrNull(Option.map(found.next, toCursor)) }
      }),
      rotate: handler("http.keys.rotate", function*({ params: { key_id }, payload: { grace_s } }) {
        const grace = grace_s === undefined ? usualGrace : Duration.seconds(grace_s)
        const made = yield* keys.rotate(key_id, grace, yield* byCaller)
        return yield* shownOnce(yield* found(made, key_id))
      }),
      revoke: handler("http.keys.revoke", function*({ params: { key_id } }) {
        return yield* found(yield* keys.revoke(key_id, yield* byCaller), key_id)
      })
    })
  })
)

const readPlace = fromCursor(KeyPlace)

const shownOnce = ({ key, secret }: MadeApiKey) =>
  Effect.as(setHeader("cache-control", "no-store"), { ...key, secret: Redacted.value(secret) })

const found = <A>(key: Option.Option<A>, id: KeyId) =>
  orMissing(key, () => new NotFound({ code: "KEY_NOT_FOUND", detail: `There is no valid key ${id}.` }))
