/**
 * A storage that keeps only the size and hash of a large object, so that a test can upload more than fits into memory.
 * Small ones can be read back.
 */
import { Context, Deferred, Effect, Layer, Option, Stream } from "effect"
import { createHash } from "node:crypto"
import { ObjectStorage } from "../../../services/ObjectStorage.ts"
import { type ServiceError, TransientError } from "../../../src/domain/ServiceError.ts"
import { unlimited } from "../../../src/domain/StorageLimits.ts"

export interface MeteredObject {
  readonly bytes: number
  readonly sha256: string
  readonly mediaType: string
}

export class MeteredStorage extends Context.Service<MeteredStorage, {
  readonly objects: Map<string, MeteredObject>
  /** Bytes of the upload that is under way. */
  inFlight: number
  /** Done when a put has failed. */
  readonly brokenOff: Deferred.Deferred<void>
  /** Every call fails with it from now on. */
  failure: ServiceError | undefined
}>()("accessa/test/MeteredStorage") {
  static readonly layer: Layer.Layer<MeteredStorage | ObjectStorage> = Layer.effectContext(Effect.sync(() => {
    const meter = MeteredStorage.of({
      objects: new Map(),
      inFlight: 0,
      brokenOff: Deferred.makeUnsafe(),
      failure: undefined
    })
    const { objects } = meter
    const contents = new Map<string, ReadonlyArray<Uint8Array>>()
    const guard = <A, E>(run: Effect.Effect<A, E>): Effect.Effect<A, E | ServiceError> =>
      Effect.suspend((): Effect.Effect<A, E | ServiceError> =>
        meter.failure === undefined ? run : Effect.fail(meter.failure)
      )
    return Context.make(MeteredStorage, meter).pipe(
      Context.add(ObjectStorage, {
        put: (path, content, mediaType) =>
          guard(Effect.gen(function*() {
            const hash = createHash("sha256")
            const head: Array<Uint8Array> = []
            meter.inFlight = 0
            yield* Stream.runForEach(content, (chunk) =>
              Effect.sync(() => {
                meter.inFlight += chunk.length
                hash.update(chunk)
                if (meter.inFlight <= 100_000) head.push(chunk)
              })).pipe(Effect.onError(() => Deferred.succeed(meter.brokenOff, undefined)))
            if (objects.has(path)) return yield* new TransientError({ code: "STORAGE_FAILED", message: "It is taken." })
            objects.set(path, { bytes: meter.inFlight, sha256: hash.digest("hex"), mediaType })
            contents.set(path, head)
            return { bytes: meter.inFlight }
          })),
        get: (path) => Stream.fromIterable(contents.get(path) ?? []),
        stat: (path) => guard(Effect.sync(() => Option.fromUndefinedOr(objects.get(path)))),
        remove: (...paths) => guard(Effect.sync(() => paths.forEach((path) => objects.delete(path)))),
        list: () => Stream.empty,
        limits: () => Effect.succeed(unlimited),
        uploadAddress: () => Effect.succeedNone,
        probe: guard(Effect.void)
      })
    )
  }))
}
