/** Removes a stored file that no row names; if that fails, the sweep removes it. */
import { Effect } from "effect"
import { ObjectStorage } from "../../services/ObjectStorage.ts"

export const removeFile = Effect.fnUntraced(function*(path: string) {
  const storage = yield* ObjectStorage
  yield* storage.remove(path).pipe(
    Effect.catch((error) => Effect.logWarning("Could not remove the file of a refused upload", path, error))
  )
})
