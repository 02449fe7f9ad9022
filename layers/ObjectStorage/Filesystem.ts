/**
 * Objects as files in one folder. A write goes to `.incoming` first and gets its name once it is complete and synced, so
 * readers never see partial objects and a crash leaves its remains where they can be found.
 */
import { Clock, Duration, Effect, FileSystem, Layer, Option, type PlatformError, Schedule, Stream } from "effect"
import { randomUUID } from "node:crypto"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import type { ServiceError } from "../../src/domain/ServiceError.ts"
import { unlimited } from "../../src/domain/StorageLimits.ts"
import { fileError } from "./filesystem/fileError.ts"
import { makeFileThread } from "./filesystem/FileThreadClient.ts"
import { listFiles } from "./filesystem/listFiles.ts"
import { measuredStorage } from "./measuredStorage.ts"
import { objectMissing, type ObjectPath, objectPath } from "./ObjectPath.ts"
import { probeObjects } from "./probeObjects.ts"

// Measured: reading 512 MB takes 0.5 s, instead of 1.1 s with the default of 64 KiB.
const chunkSize = 256 * 1024
/** Objects up to this size are written and read in one call. */
const smallObject = 256 * 1024
/** A draft that is still being written is younger; an older one was left by a process that died. */
const abandonedAfter = Duration.hours(1)
const clearInterval = Duration.minutes(10)

export const ObjectStorageFilesystem = (
  options: { readonly directory: string }
): Layer.Layer<ObjectStorage, ServiceError, FileSystem.FileSystem> =>
  Layer.effect(
    ObjectStorage,
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const incoming = `${options.directory}/.incoming`
      const place = ({ path }: ObjectPath) => `${options.directory}/${path}`
      const thread = yield* makeFileThread

      yield* fs.makeDirectory(incoming, { recursive: true }).pipe(
        Effect.andThen(removeAbandoned(fs, incoming)),
        Effect.mapError(toServiceError)
      )
      yield* Effect.sleep(clearInterval).pipe(
        Effect.andThen(removeAbandoned(fs, incoming)),
        Effect.catch((error) => Effect.logWarning("Could not remove partial uploads left by a crash", error)),
        Effect.schedule(Schedule.forever),
        Effect.forkScoped
      )

      const storage: Omit<ObjectStorage["Service"], "probe"> = {
        put: Effect.fn("ObjectStorage.put")(function*(path, content) {
          const object = yield* objectPath(path)
          const draft = `${incoming}/${randomUUID()}`
          const { bytes } = yield* receive(fs, draft, content).pipe(
            Effect.tap(({ inHand }) =>
              inHand === undefined
                ? thread.publish(draft, place(object))
                : thread.write(draft, place(object), inHand)
            ),
            // Files that cannot be removed now are removed later.
            Effect.onError(() => Effect.ignore(fs.remove(draft, { force: true }), { log: true }))
          )
          return { bytes }
        }),
        get: (path) =>
          Stream.unwrap(Effect.gen(function*() {
            const object = yield* objectPath(path)
            const whole = yield* Effect.catchTag(
              thread.read(place(object), smallObject),
              "FileAbsent",
              () => Effect.fail(objectMissing(object))
            )
            if (whole !== undefined) return Stream.make(whole)
            return fs.stream(place(object), { chunkSize }).pipe(
              Stream.mapError((error) => isAbsent(error) ? objectMissing(object) : toServiceError(error))
            )
          })).pipe(Stream.withSpan("ObjectStorage.get")),
        stat: Effect.fn("ObjectStorage.stat")(function*(path) {
          const object = yield* objectPath(path)
          return yield* fs.stat(place(object)).pipe(
            Effect.map(({ size, type }) => type === "File" ? Option.some({ bytes: Number(size) }) : Option.none()),
            Effect.catchIf(isAbsent, () => Effect.succeedNone),
            Effect.mapError(toServiceError)
          )
        }),
        remove: Effect.fn("ObjectStorage.remove")(function*(...paths) {
          const objects = yield* Effect.forEach(paths, objectPath)
          const remove = (object: ObjectPath) => fs.remove(place(object), { force: true })
          yield* Effect.mapError(Effect.forEach(objects, remove, { concurrency: 4, discard: true }), toServiceError)
        }),
        list: (bucket) =>
          Stream.fromAsyncIterable(
            { [Symbol.asyncIterator]: () => listFiles(options.directory, bucket) },
            (error) => fileError(errnoOf(error), error)
          ).pipe(Stream.withSpan("ObjectStorage.list")),
        limits: () => Effect.succeed(unlimited),
        uploadAddress: (path) => Effect.as(objectPath(path), Option.none())
      }
      return ObjectStorage.of(measuredStorage({ ...storage, probe: probeObjects(storage) }))
    })
  )

/** The whole content if it is small; otherwise it is in the draft on disk. */
const receive = <E>(fs: FileSystem.FileSystem, draft: string, content: Stream.Stream<Uint8Array, E>) =>
  Effect.gen(function*() {
    const inHand: Array<Uint8Array> = []
    let file: FileSystem.File | undefined
    let bytes = 0
    yield* Stream.runForEach(
      content,
      Effect.fnUntraced(function*(part) {
        bytes += part.length
        inHand.push(part)
        if (bytes <= smallObject) return
        file ??= yield* Effect.mapError(fs.open(draft, { flag: "wx" }), toServiceError)
        for (const waiting of inHand.splice(0)) yield* Effect.mapError(file.writeAll(waiting), toServiceError)
      })
    )
    if (file !== undefined) yield* Effect.mapError(file.sync, toServiceError)
    return { bytes, inHand: file === undefined ? Buffer.concat(inHand) : undefined }
  }).pipe(Effect.scoped)

const removeAbandoned = Effect.fnUntraced(function*(fs: FileSystem.FileSystem, incoming: string) {
  const now = yield* Clock.currentTimeMillis
  for (const name of yield* fs.readDirectory(incoming)) {
    // A draft written meanwhile has been moved to its place.
    const found = yield* Effect.catchIf(fs.stat(`${incoming}/${name}`), isAbsent, () => Effect.undefined)
    const age = now - Option.match(found?.mtime ?? Option.none(), { onNone: () => now, onSome: (at) => at.getTime() })
    if (age > Duration.toMillis(abandonedAfter)) yield* fs.remove(`${incoming}/${name}`, { force: true })
  }
})

/** No such file, or a folder where the file would be. */
const isAbsent = (error: PlatformError.PlatformError): boolean =>
  error.reason._tag === "NotFound" || error.reason._tag === "BadResource"

const toServiceError = (error: PlatformError.PlatformError): ServiceError =>
  fileError(errnoOf(error.reason.cause) ?? error.reason._tag, error)

const errnoOf = (cause: unknown): string | undefined =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : undefined
