/** Removes what is left of uploads that were never completed or were refused. */
import { Effect } from "effect"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { type DueUpload, Uploads } from "../../services/Uploads.ts"

/** One round; an object that cannot be removed now is kept for the next one, with its row. */
export const sweepUploads = Effect.gen(function*() {
  const uploads = yield* Uploads
  const storage = yield* ObjectStorage
  const removed = yield* Effect.filter(
    yield* uploads.takeDue,
    ({ orphan, path }: DueUpload) =>
      (orphan ? storage.remove(path) : Effect.void).pipe(
        Effect.as(true),
        Effect.catch((error) =>
          Effect.as(Effect.logWarning("Could not remove an expired upload from the storage", error), false)
        )
      )
  )
  if (removed.length > 0) yield* uploads.forget(removed.map(({ documentId }) => documentId))
}).pipe(Effect.withSpan("worker.sweepUploads"))
