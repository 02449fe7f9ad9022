/** Checks whether the storage has the objects that the rows name: for operators, one page of documents at a time. */
import { Effect, Option, Schema } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { type DocumentKey, type NamedObjects, ObjectNames } from "../../services/ObjectNames.ts"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { Api } from "../api/Api.ts"
import { DocumentId, UserId } from "../domain/Ids.ts"
import { handler } from "./middleware/serviceProblem.ts"
import { fromCursor, pageOf } from "./server/pages.ts"

/** Concurrent look-ups. */
const concurrency = 16

export const StorageLive = HttpApiBuilder.group(
  Api,
  "storage",
  Effect.fnUntraced(function*(handlers) {
    const names = yield* ObjectNames
    const storage = yield* ObjectStorage

    const lost = Effect.fnUntraced(function*(paths: ReadonlyArray<string>) {
      const missing = yield* Effect.filter(
        paths,
        (path) => Effect.map(storage.stat(path), Option.isNone)
      )
      // Deleted between the two reads, as rows are deleted first.
      const unnamed = missing.length === 0 ? [] : yield* names.unnamed(missing)
      return missing.filter((path) => !unnamed.includes(path))
    })

    return handlers.handleAll({
      check: handler("http.storage.check", function*({ query: { cursor, limit = 200 } }) {
        const rows = yield* names.page(yield* readPlace(cursor), limit + 1)
        const { nextCursor, page } = pageOf(rows, limit, placeOf)
        const missing = yield* Effect.forEach(
          page,
          (document) => Effect.map(lost(document.paths), (paths) => paths.map((path) => toView(document, path))),
          { concurrency }
        )
        return { documents: page.length, missing: missing.flat(), nextCursor }
      })
    })
  })
)

const readPlace = fromCursor(Schema.fromJsonString(Schema.Struct({ userId: UserId, documentId: DocumentId })))

const placeOf = ({ documentId, userId }: DocumentKey): string => JSON.stringify({ userId, documentId })

const toView = ({ documentId, userId }: NamedObjects, path: string) => ({
  user_id: userId,
  document_id: documentId,
  path
})
