/** Removes orphaned objects: left by processes that died between writing an object and its row. */
import { Clock, Duration, Effect, Stream } from "effect"
import { untraced } from "../../otel/shared.ts"
import { ObjectNames } from "../../services/ObjectNames.ts"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import type { Bucket } from "../domain/objectPaths.ts"
import { orphans } from "../policy/erasures.ts"

const buckets: ReadonlyArray<Bucket> = ["raw", "parsed"]

/** Scans each due bucket once, batch by batch: by one worker, and rarely. */
export const sweepObjects = Effect.gen(function*() {
  const names = yield* ObjectNames
  for (const bucket of buckets) {
    if (yield* untraced(names.takeTurn(bucket))) yield* sweep(bucket)
  }
})

const sweep = Effect.fn("worker.sweepObjects")(function*(bucket: Bucket) {
  const names = yield* ObjectNames
  const storage = yield* ObjectStorage
  const latest = (yield* Clock.currentTimeMillis) - Duration.toMillis(orphans.age)
  let removed = 0
  yield* storage.list(bucket).pipe(
    Stream.filter(({ storedAt }) => storedAt < latest),
    Stream.map(({ path }) => path),
    Stream.grouped(orphans.batch),
    Stream.runForEach(Effect.fnUntraced(function*(paths) {
      const unnamed = yield* names.unnamed(paths)
      if (unnamed.length > 0) yield* storage.remove(...unnamed)
      removed += unnamed.length
      if (paths.length === orphans.batch) yield* Effect.sleep(orphans.pause)
    }))
  )
  if (removed > 0) yield* Effect.logInfo(`Removed ${removed} orphaned objects from ${bucket}.`)
})
