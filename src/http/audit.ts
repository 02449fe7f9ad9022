/** The audit log, for admins. */
import { Effect, Option, Schema } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { AuditLog } from "../../services/AuditLog.ts"
import { Api } from "../api/Api.ts"
import { handler } from "./middleware/serviceProblem.ts"
import { fromCursor, pageOf, toCursor } from "./server/pages.ts"

export const AuditLive = HttpApiBuilder.group(
  Api,
  "audit",
  Effect.fnUntraced(function*(handlers) {
    const log = yield* AuditLog
    return handlers.handleAll({
      list: handler("http.audit.list", function*({ query: { cursor, limit = 50 } }) {
        const rows = yield* log.page(yield* readPlace(cursor), limit + 1)
        const { nextCursor, page } = pageOf(rows, limit, ({ entryId }) => entryId)
        return { entries: page, nextCursor }
      }),
      check: handler("http.audit.check", function*({ query }) {
        const { broken, entries, lastHash, next } = yield* log.verify(yield* readChecked(query.cursor))
        return {
          entries,
          lastHash,
          brokenEntry: broken,
          nextCursor: Option.getOrNull(Option.map(next, ({ entryId, hash }) => toCursor(`${entryId}.${hash}`)))
        }
      })
    })
  })
)

const readPlace = fromCursor(Schema.FiniteFromString.check(Schema.isInt()))

/** The cursor includes the hash, so that the entry checked before must still be there. */
const readChecked = Effect.fnUntraced(function*(cursor: string | undefined) {
  const place = yield* fromCursor(Schema.String.check(Schema.isPattern(/^\d{1,10}\.[\da-f]{64}$/)))(cursor)
  const [entryId, hash] = place?.split(".") ?? []
  return entryId === undefined || hash === undefined ? undefined : { entryId: Number(entryId), hash }
})
