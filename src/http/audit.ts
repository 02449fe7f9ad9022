/** The audit log, for admins. */
import { Effect, Schema } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { AuditLog, type StoredAuditEntry } from "../../services/AuditLog.ts"
import type { AuditView } from "../api/AccessView.ts"
import { Api } from "../api/Api.ts"
import { stageProblem } from "./middleware/stageProblem.ts"
import { fromCursor, toCursor } from "./server/cursor.ts"

export const AuditLive = HttpApiBuilder.group(
  Api,
  "audit",
  Effect.fnUntraced(function*(handlers) {
    const log = yield* AuditLog
    return handlers.handle(
      "list",
      Effect.fn("http.audit.list")(function*({ query }) {
        const limit = query.limit ?? 50
        // One more than asked for tells whether there is a next page.
        const found = yield* log.page(yield* readPlace(query.cursor), limit + 1)
        const page = found.slice(0, limit)
        const last = page.at(-1)
        return {
          entries: page.map(toView),
          next_cursor: last !== undefined && found.length > limit ? toCursor(last.entryId) : null
        }
      }, stageProblem)
    ).handle(
      "check",
      Effect.fn("http.audit.check")(function*({ query }) {
        const { broken, entries, lastHash, next } = yield* log.verify(yield* readChecked(query.cursor))
        return {
          entries,
          last_hash: lastHash,
          broken_entry: broken,
          next_cursor: next === null ? null : toCursor(`${next.entryId}.${next.hash}`)
        }
      }, stageProblem)
    )
  })
)

const readPlace = fromCursor(Schema.FiniteFromString.check(Schema.isInt()))

/** The hash goes with the number: what was checked before must still be there. */
const readChecked = Effect.fnUntraced(function*(cursor: string | undefined) {
  const place = yield* fromCursor(Schema.String.check(Schema.isPattern(/^\d{1,10}\.[\da-f]{64}$/)))(cursor)
  const [entryId, hash] = place?.split(".") ?? []
  return entryId === undefined || hash === undefined ? undefined : { entryId: Number(entryId), hash }
})

const toView = (entry: StoredAuditEntry): typeof AuditView.Type => ({
  entry_id: entry.entryId,
  at: entry.at,
  actor: entry.actor,
  role: entry.role,
  user_id: entry.userId,
  action: entry.action,
  target_type: entry.targetType,
  target_id: entry.targetId,
  reason: entry.reason,
  before: entry.before,
  after: entry.after,
  correlation_id: entry.correlationId,
  hash: entry.hash
})
