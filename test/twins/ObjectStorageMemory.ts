/** Objects in a map, for tests and demonstrations: gone with the process. */
import { Clock, Effect, Layer, Option, Stream } from "effect"
import { objectMissing, type ObjectPath, objectPath } from "../../layers/ObjectStorage/ObjectPath.ts"
import { probeObjects } from "../../layers/ObjectStorage/probeObjects.ts"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { TransientError } from "../../src/domain/ServiceError.ts"
import { unlimited } from "../../src/domain/StorageLimits.ts"

export const ObjectStorageMemory: Layer.Layer<ObjectStorage> = Layer.effect(
  ObjectStorage,
  Effect.sync(() => {
    const objects = new Map<string, { readonly bytes: Uint8Array; readonly storedAt: number }>()
    const read = (object: ObjectPath) => {
      const found = objects.get(object.path)
      return found === undefined ? Effect.fail(objectMissing(object)) : Effect.succeed(found.bytes)
    }
    const storage: Omit<ObjectStorage["Service"], "probe"> = {
      put: Effect.fn("ObjectStorage.put")(function*(path, content) {
        const object = yield* objectPath(path)
        const bytes = yield* Stream.mkUint8Array(content)
        const storedAt = yield* Clock.currentTimeMillis
        if (objects.has(object.path)) {
          return yield* new TransientError({
            code: "STORAGE_FAILED",
            message: "An object with this name already exists, and objects are never replaced.",
            dependency: "storage"
          })
        }
        objects.set(object.path, { bytes, storedAt })
        return { bytes: bytes.length }
      }),
      get: (path) => Stream.fromEffect(Effect.flatMap(objectPath(path), read)),
      stat: Effect.fn("ObjectStorage.stat")(function*(path) {
        const found = Option.fromUndefinedOr(objects.get((yield* objectPath(path)).path))
        return Option.map(found, ({ bytes }) => ({ bytes: bytes.length }))
      }),
      remove: Effect.fn("ObjectStorage.remove")(function*(...paths) {
        for (const { path } of yield* Effect.forEach(paths, objectPath)) objects.delete(path)
      }),
      list: (bucket) =>
        Stream.suspend(() =>
          Stream.fromIterable(
            Array.from(objects, ([path, { bytes, storedAt }]) => ({ path, bytes: bytes.length, storedAt }))
              .filter(({ path }) => path.startsWith(`${bucket}/`))
          )
        ),
      limits: () => Effect.succeed(unlimited),
      uploadAddress: (path) => Effect.as(objectPath(path), Option.none())
    }
    return ObjectStorage.of({ ...storage, probe: probeObjects(storage) })
  })
)
