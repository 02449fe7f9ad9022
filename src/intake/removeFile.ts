/** Removes a stored file that no row names; one that stays is removed by the sweep. */
import { Effect } from "effect"
import { ObjectStorage } from "../../services/ObjectStorage.ts"

export const removeFile = Effect.fnUntraced(function*(path: string) {
  const storage = yield* ObjectStorage
  yield* storage.remove(path).pipe(
    Effect.catch((error) => Effect.logWarning("A file that was not taken in stays in the storage", path, error))
  )
})
