/** Objects in a map, for tests and demonstrations: gone with the process. */
import { Effect, Layer, Stream } from "effect"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { objectMissing, type ObjectPath, objectPath } from "./ObjectPath.ts"
import { probeObjects } from "./probeObjects.ts"

export const ObjectStorageMemory: Layer.Layer<ObjectStorage> = Layer.effect(
  ObjectStorage,
  Effect.sync(() => {
    const objects = new Map<string, Uint8Array>()
    const read = (object: ObjectPath) => {
      const bytes = objects.get(object.path)
      return bytes === undefined ? Effect.fail(objectMissing(object)) : Effect.succeed(bytes)
    }
    const storage: Omit<ObjectStorage["Service"], "probe"> = {
      put: Effect.fn("ObjectStorage.put")(function*(path, content) {
        const object = yield* objectPath(path)
        const bytes = yield* Stream.mkUint8Array(content)
        objects.set(object.path, bytes)
        return { bytes: bytes.length }
      }),
      get: (path) => Stream.fromEffect(Effect.flatMap(objectPath(path), read)),
      stat: Effect.fn("ObjectStorage.stat")(function*(path) {
        const bytes = objects.get((yield* objectPath(path)).path)
        return bytes === undefined ? undefined : { bytes: bytes.length }
      }),
      move: Effect.fn("ObjectStorage.move")(function*(from, to) {
        const source = yield* objectPath(from)
        const target = yield* objectPath(to)
        const bytes = yield* read(source)
        objects.delete(source.path)
        objects.set(target.path, bytes)
      }),
      remove: Effect.fn("ObjectStorage.remove")(function*(path) {
        objects.delete((yield* objectPath(path)).path)
      }),
      uploadAddress: (path) => Effect.as(objectPath(path), undefined)
    }
    return ObjectStorage.of({ ...storage, probe: probeObjects(storage) })
  })
)
