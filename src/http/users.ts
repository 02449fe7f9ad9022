/** One user's data, for admins. Each page of an export and each file that is read is in the audit log, with the reason. */
import { Effect, Option, Schema, Stream } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { AuditLog } from "../../services/AuditLog.ts"
import { Documents } from "../../services/Documents.ts"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { UserData } from "../../services/UserData.ts"
import { Caller } from "../api/Access.ts"
import { Api } from "../api/Api.ts"
import { Conflict, NotFound } from "../api/Problem.ts"
import type { UserId } from "../domain/Ids.ts"
import { ownerOf } from "../domain/objectPaths.ts"
import { erasedAtOnce } from "../policy/userData.ts"
import { handler } from "./middleware/serviceProblem.ts"
import { byCaller, byCallerFor } from "./server/byCaller.ts"
import { deleteDocument } from "./server/deleteDocument.ts"
import { orMissing } from "./server/orMissing.ts"
import { fromCursor, toCursor } from "./server/pages.ts"

export const UsersLive = HttpApiBuilder.group(
  Api,
  "users",
  Effect.fnUntraced(function*(handlers) {
    const data = yield* UserData
    const documents = yield* Documents
    const storage = yield* ObjectStorage
    const log = yield* AuditLog
    const services = yield* Effect.context<Documents | ObjectStorage>()

    const objectsOf = (user: UserId) =>
      Stream.mergeAll([storage.list("raw"), storage.list("parsed")], { concurrency: 1 }).pipe(
        Stream.filter(({ path }) => ownerOf(path)?.user === user),
        Stream.runCount
      )

    return handlers.handleAll({
      export: handler("http.users.export", function*({ params: { user_id }, query }) {
        const place = yield* readPlace(query.cursor)
        // Each page: a caller can start an export anywhere, with a cursor of their own.
        const by = yield* byCallerFor(user_id)
        yield* log.record({ by, userId: user_id, action: "user.export", targetType: "user", targetId: user_id })
        const page = yield* data.page(user_id, place ?? { part: 0, after: "" })
        return {
          records: page.records,
          files: page.files,
          nextCursor: Option.getOrNull(Option.map(page.next, ({ after, part }) => toCursor(`${part} ${after}`)))
        }
      }),
      file: handler("http.users.file", function*({ params: { document_id, kind, user_id } }) {
        const by = yield* byCallerFor(user_id)
        const document = yield* orMissing(yield* documents.find(user_id, document_id), () => missing(document_id))
        const path = kind === "raw" ? document.rawPath : document.parsedPath
        if (path === null) return yield* missing(document_id)
        yield* orMissing(yield* storage.stat(path), () => missing(document_id))
        const target = { targetType: "document", targetId: document_id }
        yield* log.record({ by, userId: user_id, action: "user.export_file", ...target })
        return HttpServerResponse.stream(storage.get(path), { contentType: "application/octet-stream" })
      }),
      erase: handler("http.users.erase", function*({ params: { user_id }, payload: { reason } }) {
        const { userId } = yield* Caller
        if (userId === user_id) return yield* ownUser
        const by = { ...(yield* byCaller), reason }
        yield* data.close(user_id, by)
        const found = yield* data.documents(user_id, erasedAtOnce)
        for (const id of found.ids) yield* Effect.provideContext(deleteDocument(user_id, id, by), services)
        const remaining = found.all - found.ids.length
        if (remaining === 0) yield* data.removeRest(user_id, by)
        return { erased: found.ids.length, remaining }
      }),
      leftovers: handler("http.users.leftovers", function*({ params: { user_id } }) {
        const { pendingErasures, rows } = yield* data.leftovers(user_id)
        return { rows, pendingErasures, objects: yield* objectsOf(user_id) }
      })
    })
  })
)

/** `{part} {key of the last row}`; the documents come first, and their key is an id. */
const Place = Schema.String.check(
  Schema.isPattern(/^(?:0 [\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|[1-9]\d? \P{Cc}*)$/u)
)
const readPlace = Effect.fnUntraced(function*(cursor: string | undefined) {
  const place = yield* fromCursor(Place)(cursor)
  if (place === undefined) return undefined
  const end = place.indexOf(" ")
  return { part: Number(place.slice(0, end)), after: place.slice(end + 1) }
})

const missing = (id: string) =>
  new NotFound({ code: "DOCUMENT_NOT_FOUND", detail: `There is no such file of the document ${id}.` })

const ownUser = new Conflict({
  code: "OWN_USER",
  detail: "This key belongs to the user who would be erased. Use an admin's key of another user."
})
