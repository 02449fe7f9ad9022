/** Objects in Supabase Storage: the private buckets `raw` and `parsed`, created at startup if missing. */
import { Array as Arr, Effect, Layer, Option, Stream } from "effect"
import type { HttpClient } from "effect/http"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import type { Bucket } from "../../src/domain/objectPaths.ts"
import { RecoverableError, type ServiceError } from "../../src/domain/ServiceError.ts"
import { type StorageLimits, takesType } from "../../src/domain/StorageLimits.ts"
import { measuredStorage } from "./measuredStorage.ts"
import { objectMissing, type ObjectPath, objectPath } from "./ObjectPath.ts"
import { probeObjects } from "./probeObjects.ts"
import { storageApi, type StorageApiOptions } from "./supabase/StorageApi.ts"
import { type StorageFault, toServiceError } from "./supabase/StorageFault.ts"

const buckets: ReadonlyArray<Bucket> = ["raw", "parsed"]
const parsedType = "text/markdown"
/** In one call. */
const mostRemoved = 1_000

export const ObjectStorageSupabase = (
  options: StorageApiOptions
): Layer.Layer<ObjectStorage, ServiceError, HttpClient.HttpClient> =>
  Layer.effect(
    ObjectStorage,
    Effect.gen(function*() {
      const api = yield* storageApi(options)

      const prepare = Effect.gen(function*() {
        const base = yield* api.locate("raw")
        const largest = yield* api.largest(base)
        const limitsOf = Effect.fnUntraced(function*(bucket: Bucket) {
          yield* api.createBucket(base, bucket)
          const { allowed_mime_types, file_size_limit, public: isPublic } = yield* api.bucket(base, bucket)
          if (isPublic) return yield* denied(`The bucket ${bucket} is public. Make it private: it contains documents.`)
          const limits: StorageLimits = {
            maxBytes: lower(file_size_limit ?? null, largest),
            mediaTypes: allowed_mime_types ?? []
          }
          return limits
        })
        const limits = { raw: yield* limitsOf("raw"), parsed: yield* limitsOf("parsed") }
        if (!takesType(limits.parsed, parsedType)) {
          return yield* denied(`The bucket parsed does not accept ${parsedType}: add it to the bucket's allowed types.`)
        }
        return { base, limits }
      }).pipe(Effect.catchTag("StorageFault", (fault) => Effect.fail(toServiceError(fault))))
      const [ready, invalidate] = yield* Effect.cachedInvalidateWithTTL(
        prepare,
        (exit) => exit._tag === "Success" ? Infinity : 0
      )
      // An unavailable storage does not prevent startup; a wrong key or address does.
      yield* ready.pipe(
        Effect.catchIf(
          ({ code }) => code === "STORAGE_FAILED" || code === "STORAGE_UNAVAILABLE",
          (error) => Effect.logWarning(error.message)
        )
      )

      const at = (path: string) => Effect.all({ object: objectPath(path), base: Effect.map(ready, ({ base }) => base) })
      const meaning = (object: ObjectPath) => (fault: StorageFault): ServiceError =>
        fault.isMissing ? objectMissing(object) : toServiceError(fault)

      const storage: Omit<ObjectStorage["Service"], "probe"> = {
        put: Effect.fn("ObjectStorage.put")(function*<E>(
          path: string,
          content: Stream.Stream<Uint8Array, E>,
          mediaType: string
        ) {
          const { base, object } = yield* at(path)
          let bytes = 0
          let broken: { readonly error: E } | undefined
          const counted = content.pipe(
            Stream.tap((chunk) =>
              Effect.sync(() => {
                bytes += chunk.length
              })
            ),
            Stream.tapError((error) =>
              Effect.sync(() => {
                broken = { error }
              })
            )
          )
          yield* Effect.mapError(
            api.put(base, object, counted, mediaType),
            (fault): ServiceError | E => broken === undefined ? toServiceError(fault) : broken.error
          )
          return { bytes }
        }),
        get: (path) =>
          Stream.unwrap(
            Effect.map(at(path), ({ base, object }) => Stream.mapError(api.get(base, object), meaning(object)))
          )
            .pipe(Stream.withSpan("ObjectStorage.get")),
        stat: Effect.fn("ObjectStorage.stat")(function*(path) {
          const { base, object } = yield* at(path)
          return yield* api.size(base, object).pipe(
            Effect.map((bytes) => Option.some({ bytes })),
            Effect.catchIf((fault) => fault.isMissing, () => Effect.succeedNone),
            Effect.mapError(toServiceError)
          )
        }),
        remove: Effect.fn("ObjectStorage.remove")(function*(...paths) {
          const objects = yield* Effect.forEach(paths, objectPath)
          const { base } = yield* ready
          for (const bucket of buckets) {
            const keys = objects.filter(({ root }) => root === bucket).map(({ key }) => key)
            for (const some of Arr.chunksOf(keys, mostRemoved)) {
              yield* Effect.mapError(api.remove(base, bucket, some), toServiceError)
            }
          }
        }),
        list: (bucket) =>
          Stream.unwrap(
            Effect.map(ready, ({ base }) => Stream.mapError(api.list(base, bucket), toServiceError))
          ).pipe(
            Stream.map(({ key, ...object }) => ({ path: `${bucket}/${key}`, ...object })),
            Stream.withSpan("ObjectStorage.list")
          ),
        limits: (bucket) => Effect.map(ready, ({ limits }) => limits[bucket]),
        uploadAddress: Effect.fn("ObjectStorage.uploadAddress")(function*(path, { mediaType }) {
          const { base, object } = yield* at(path)
          const { lasts, url } = yield* Effect.mapError(api.signUpload(base, object), toServiceError)
          return Option.some({ url, lasts, headers: { "content-type": mediaType } })
        })
      }
      // A bucket that was deleted is created again; one that was made public is refused.
      const probe = Effect.andThen(invalidate, probeObjects(storage))
      return ObjectStorage.of(measuredStorage({ ...storage, probe }))
    })
  )

const lower = (one: number | null, other: number | null): number | null =>
  one === null ? other : other === null ? one : Math.min(one, other)

const denied = (message: string) => new RecoverableError({ code: "STORAGE_DENIED", message, dependency: "storage" })
