/** Objects in one bucket of S3, or of a server that speaks its protocol, under their paths as keys. */
import { Array as Arr, Duration, Effect, Layer, Option, Schedule, Stream } from "effect"
import type { HttpClient } from "effect/http"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import type { Bucket } from "../../src/domain/objectPaths.ts"
import type { ServiceError } from "../../src/domain/ServiceError.ts"
import { unlimited } from "../../src/domain/StorageLimits.ts"
import { measuredStorage } from "./measuredStorage.ts"
import { isObjectPath, objectMissing, type ObjectPath, objectPath } from "./ObjectPath.ts"
import { bucketApi } from "./s3/BucketApi.ts"
import { bucketClient, type BucketOptions } from "./s3/bucketClient.ts"
import { putInParts } from "./s3/putInParts.ts"
import { S3Fault } from "./s3/S3Fault.ts"
import { signing } from "./s3/signing.ts"
import { toServiceError } from "./s3/toServiceError.ts"
import { tryBucket } from "./s3/tryBucket.ts"

export interface S3Options extends BucketOptions {
  /** Of signed addresses. */
  readonly addressLasts: Duration.Duration
}

/** In one call. */
const mostRemoved = 1_000
const buckets: ReadonlyArray<Bucket> = ["raw", "parsed"]
const abortInterval = Duration.hours(1)

export const ObjectStorageS3 = (options: S3Options): Layer.Layer<ObjectStorage, ServiceError, HttpClient.HttpClient> =>
  Layer.effect(
    ObjectStorage,
    Effect.gen(function*() {
      const client = yield* bucketClient(options)
      const api = bucketApi(client)
      const { abortAbandoned, put } = putInParts(client, api)
      const signer = signing(client)
      const meaning = toServiceError(options)
      const services = yield* Effect.context<HttpClient.HttpClient>()

      const probe = tryBucket(api, signer).pipe(Effect.provideContext(services), Effect.mapError(meaning))
      const [ready, invalidate] = yield* Effect.cachedInvalidateWithTTL(
        probe,
        (exit) => exit._tag === "Success" ? Infinity : 0
      )
      // An unavailable storage does not prevent startup, nor does a bucket that is still to be created.
      const usable = yield* ready.pipe(
        Effect.as(true),
        Effect.catchIf(
          ({ code }) => code === "STORAGE_FAILED" || code === "STORAGE_UNAVAILABLE",
          (error) => Effect.as(Effect.logWarning(error.message), false)
        )
      )
      yield* Effect.forEach(buckets, (bucket) => abortAbandoned(`${bucket}/`)).pipe(
        Effect.catch((fault) => Effect.logWarning("Could not abort uploads left by a crash", meaning(fault))),
        Effect.andThen(Effect.sleep(abortInterval)),
        Effect.schedule(Schedule.forever),
        Effect.delay(usable ? Duration.zero : abortInterval),
        Effect.forkScoped
      )

      const at = (path: string) => Effect.tap(objectPath(path), ready)
      const meaningOf = (object: ObjectPath) => (fault: S3Fault): ServiceError =>
        fault.isMissing ? objectMissing(object) : meaning(fault)

      const storage: ObjectStorage["Service"] = {
        put: Effect.fn("ObjectStorage.put")(function*<E>(
          path: string,
          content: Stream.Stream<Uint8Array, E>,
          mediaType: string
        ) {
          yield* at(path)
          const bytes = yield* Effect.mapError(
            put(path, content, mediaType),
            (error): ServiceError | E => error instanceof S3Fault ? meaning(error) : error
          )
          return { bytes }
        }),
        get: (path) =>
          Stream.unwrap(Effect.map(at(path), (object) => Stream.mapError(api.get(path), meaningOf(object)))).pipe(
            Stream.withSpan("ObjectStorage.get")
          ),
        stat: Effect.fn("ObjectStorage.stat")(function*(path) {
          yield* at(path)
          return yield* api.size(path).pipe(
            Effect.map((bytes) => Option.some({ bytes })),
            Effect.catchIf((fault) => fault.isMissing, () => Effect.succeedNone),
            Effect.mapError(meaning)
          )
        }),
        remove: Effect.fn("ObjectStorage.remove")(function*(...paths) {
          yield* Effect.forEach(paths, objectPath)
          yield* ready
          for (const some of Arr.chunksOf(paths, mostRemoved)) {
            yield* Effect.mapError(api.remove(some.map((Key) => ({ Key }))), meaning)
          }
        }),
        list: (bucket) =>
          Stream.unwrap(Effect.as(ready, Stream.mapError(api.list(`${bucket}/`), meaning))).pipe(
            Stream.filter(({ path }) => path.startsWith(`${bucket}/`) && isObjectPath(path)),
            Stream.withSpan("ObjectStorage.list")
          ),
        limits: () => Effect.succeed(unlimited),
        uploadAddress: Effect.fn("ObjectStorage.uploadAddress")(function*(path, file) {
          yield* at(path)
          return Option.some(yield* Effect.mapError(signer.uploadAddress(path, file, options.addressLasts), meaning))
        }),
        // A change at the bucket is noticed, for better or worse.
        probe: Effect.andThen(invalidate, ready)
      }
      return ObjectStorage.of(measuredStorage(storage))
    })
  )
