/** A storage that keeps no bytes: only what came in, how much, and its hash. So a test can upload more than fits into memory. */
import { Context, Effect, Layer, Stream } from "effect"
import { createHash } from "node:crypto"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { PermanentError, type StageError } from "../../src/domain/StageError.ts"

export interface MeteredObject {
  readonly bytes: number
  readonly sha256: string
  readonly mediaType: string
}

export class MeteredStorage extends Context.Service<MeteredStorage, {
  readonly objects: Map<string, MeteredObject>
  /** Bytes of the upload that is under way. */
  inFlight: number
  /** Every call fails with it from now on. */
  failure: StageError | undefined
}>()("accessa/test/MeteredStorage") {
  static readonly layer: Layer.Layer<MeteredStorage | ObjectStorage> = Layer.effectContext(Effect.sync(() => {
    const meter = MeteredStorage.of({ objects: new Map(), inFlight: 0, failure: undefined })
    const { objects } = meter
    const guard = <A, E>(run: Effect.Effect<A, E>): Effect.Effect<A, E | StageError> =>
      Effect.suspend((): Effect.Effect<A, E | StageError> =>
        meter.failure === undefined ? run : Effect.fail(meter.failure)
      )
    return Context.make(MeteredStorage, meter).pipe(
      Context.add(ObjectStorage, {
        put: (path, content, mediaType) =>
          guard(Effect.gen(function*() {
            const hash = createHash("sha256")
            meter.inFlight = 0
            yield* Stream.runForEach(content, (chunk) =>
              Effect.sync(() => {
                meter.inFlight += chunk.length
                hash.update(chunk)
              }))
            objects.set(path, { bytes: meter.inFlight, sha256: hash.digest("hex"), mediaType })
            return { bytes: meter.inFlight }
          })),
        get: () => Stream.die(new Error("nothing is kept")),
        stat: (path) => guard(Effect.sync(() => objects.get(path))),
        move: (from, to) =>
          guard(Effect.suspend(() => {
            const object = objects.get(from)
            if (object === undefined) return Effect.fail(new PermanentError({ code: "RAW_MISSING", message: from }))
            objects.delete(from)
            objects.set(to, object)
            return Effect.void
          })),
        remove: (path) => guard(Effect.sync(() => void objects.delete(path))),
        uploadAddress: () => Effect.undefined,
        probe: guard(Effect.void)
      })
    )
  }))
}
