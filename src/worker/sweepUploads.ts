/** Removes what is left of uploads that were never completed or were refused. */
import { Effect } from "effect"
import { untraced } from "../../otel/shared.ts"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { type DueUpload, Uploads } from "../../services/Uploads.ts"

/** One round; an object that cannot be removed now is kept for the next one, with its row. */
export const sweepUploads = Effect.gen(function*() {
  const due = yield* untraced(Effect.flatMap(Uploads, ({ takeDue }) => takeDue))
  if (due.length > 0) yield* sweep(due)
})

const sweep = Effect.fn("worker.sweepUploads")(function*(due: ReadonlyArray<DueUpload>) {
  const uploads = yield* Uploads
  const storage = yield* ObjectStorage
  const removed = yield* Effect.filter(
    due,
    ({ orphan, path }) =>
      (orphan ? storage.remove(path) : Effect.void).pipe(
        Effect.as(true),
        Effect.catch((error) =>
          Effect.as(Effect.logWarning("Could not remove an expired upload from the storage", error), false)
        )
      )
  )
  if (removed.length > 0) yield* uploads.forget(removed.map(({ documentId }) => documentId))
})
