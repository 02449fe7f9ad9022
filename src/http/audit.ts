/** The audit log, for admins. */
import { Effect, Schema } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { AuditLog, type StoredAuditEntry } from "../../services/AuditLog.ts"
import type { AuditView } from "./AccessView.ts"
import { Api } from "./Api.ts"
import { fromCursor, toCursor } from "./cursor.ts"
import { stageProblem } from "./stageProblem.ts"

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
    ).handle("check", () =>
      log.verify.pipe(
        Effect.map(({ broken, entries, lastHash }) => ({ entries, last_hash: lastHash, broken_entry: broken })),
        stageProblem
      ))
  })
)

const readPlace = fromCursor(Schema.FiniteFromString.check(Schema.isInt()))

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
