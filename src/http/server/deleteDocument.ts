/** Deletes a document: its rows, and its objects unless the storage refuses, in which case a worker removes them. */
import { Effect, Option } from "effect"
import { Documents } from "../../../services/Documents.ts"
import { ObjectStorage } from "../../../services/ObjectStorage.ts"
import type { DocumentId, UserId } from "../../domain/Ids.ts"
import type { By } from "../../domain/Principal.ts"

/** None if there was no such document. */
export const deleteDocument = Effect.fnUntraced(function*(user: UserId, document: DocumentId, by: By) {
  const documents = yield* Documents
  const storage = yield* ObjectStorage
  const paths = yield* documents.remove(user, document, by)
  if (Option.isNone(paths)) return paths
  yield* storage.remove(...paths.value).pipe(
    Effect.catch((error) => Effect.logWarning("Could not remove a deleted document's objects; a worker will", error))
  )
  return paths
}, Effect.uninterruptible)
