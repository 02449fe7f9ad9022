/**
 * Objects as files below one folder. A write goes to `.incoming` first and is renamed when it is whole and on the disk, so
 * a reader never meets half an object and a crash leaves its rest where the next start finds it.
 */
import { Clock, Duration, Effect, Exit, FileSystem, Layer, Option, type PlatformError, Stream } from "effect"
import { randomUUID } from "node:crypto"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { RecoverableError, type StageError, TransientError } from "../../src/domain/StageError.ts"
import { makeCoalescer } from "../coalesce.ts"
import { objectMissing, type ObjectPath, objectPath } from "./ObjectPath.ts"

// Measured: 512 MB read in 0.5 s so, in 1.1 s at the default of 64 KiB.
const chunkSize = 256 * 1024
const abandonedAfter = Duration.days(1)

export const ObjectStorageFilesystem = (
  options: { readonly directory: string }
): Layer.Layer<ObjectStorage, StageError, FileSystem.FileSystem> =>
  Layer.effect(
    ObjectStorage,
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const incoming = `${options.directory}/.incoming`
      const place = ({ path }: ObjectPath) => `${options.directory}/${path}`
      const folder = (object: ObjectPath) => place(object).slice(0, place(object).lastIndexOf("/"))

      /** A rename outlives a power cut only when its folder is on the disk too. One sync does for all that wait for it. */
      const syncFolder = yield* makeCoalescer(
        (folders: ReadonlyArray<string>) =>
          Effect.forEach(new Set(folders), (path) =>
            Effect.scoped(Effect.flatMap(fs.open(path), (directory) =>
              directory.sync)).pipe(
                // Windows neither opens nor needs to sync a folder.
                Effect.catchReasons("PlatformError", {
                  PermissionDenied: () => Effect.void,
                  BadResource: () => Effect.void
                })
              ), { discard: true }).pipe(Effect.as(folders.map(() =>
                Exit.void
              ))),
        { most: 1000, lanes: 1 }
      )
      const publish = Effect.fnUntraced(function*(from: string, object: ObjectPath) {
        const rename = fs.rename(from, place(object))
        yield* rename.pipe(
          Effect.catchIf(isAbsent, () => Effect.andThen(fs.makeDirectory(folder(object), { recursive: true }), rename))
        )
        yield* syncFolder(folder(object))
      })

      yield* fs.makeDirectory(incoming, { recursive: true }).pipe(
        Effect.andThen(removeAbandoned(fs, incoming)),
        Effect.mapError(toStageError)
      )

      return ObjectStorage.of({
        put: Effect.fn("ObjectStorage.put")(function*(path, content) {
          const object = yield* objectPath(path)
          const draft = `${incoming}/${randomUUID()}`
          return yield* Effect.scoped(Effect.gen(function*() {
            const file = yield* Effect.mapError(fs.open(draft, { flag: "wx" }), toStageError)
            let bytes = 0
            yield* Stream.runForEach(content, (chunk) => {
              bytes += chunk.length
              return Effect.mapError(file.writeAll(chunk), toStageError)
            })
            yield* Effect.mapError(file.sync, toStageError)
            return { bytes }
          })).pipe(
            Effect.tap(() => Effect.mapError(publish(draft, object), toStageError)),
            // What can not be removed now, the next start removes.
            Effect.onError(() => Effect.ignore(fs.remove(draft, { force: true }), { log: true }))
          )
        }),
        get: (path) =>
          Stream.unwrap(Effect.map(objectPath(path), (object) =>
            fs.stream(place(object), { chunkSize }).pipe(
              Stream.mapError((error) => isAbsent(error) ? objectMissing(object) : toStageError(error))
            ))).pipe(Stream.withSpan("ObjectStorage.get")),
        stat: Effect.fn("ObjectStorage.stat")(function*(path) {
          const object = yield* objectPath(path)
          const info = yield* fs.stat(place(object)).pipe(
            Effect.catchIf(isAbsent, () => Effect.undefined),
            Effect.mapError(toStageError)
          )
          return info?.type === "File" ? { bytes: Number(info.size) } : undefined
        }),
        move: Effect.fn("ObjectStorage.move")(function*(from, to) {
          const source = yield* objectPath(from)
          const target = yield* objectPath(to)
          yield* publish(place(source), target).pipe(
            Effect.andThen(syncFolder(folder(source))),
            Effect.mapError((error) => isAbsent(error) ? objectMissing(source) : toStageError(error))
          )
        }),
        remove: Effect.fn("ObjectStorage.remove")(function*(path) {
          const object = yield* objectPath(path)
          yield* Effect.mapError(fs.remove(place(object), { force: true }), toStageError)
        })
      })
    })
  )

const removeAbandoned = Effect.fnUntraced(function*(fs: FileSystem.FileSystem, incoming: string) {
  const now = yield* Clock.currentTimeMillis
  for (const name of yield* fs.readDirectory(incoming)) {
    const { mtime } = yield* fs.stat(`${incoming}/${name}`)
    const age = now - Option.match(mtime, { onNone: () => now, onSome: (date) => date.getTime() })
    if (age > Duration.toMillis(abandonedAfter)) yield* fs.remove(`${incoming}/${name}`, { force: true })
  }
})

/** No such file, or a folder where the file would be. */
const isAbsent = (error: PlatformError.PlatformError): boolean =>
  error.reason._tag === "NotFound" || error.reason._tag === "BadResource"

const toStageError = (error: PlatformError.PlatformError): StageError => {
  const errno = errnoOf(error.reason.cause)
  const details = { dependency: "storage", cause: error } as const
  switch (errno) {
    case "EACCES":
    case "EPERM":
      return new RecoverableError({
        code: "STORAGE_DENIED",
        message: "The storage folder may not be read or written by this user.",
        ...details
      })
    case "EROFS":
      return new RecoverableError({
        code: "STORAGE_UNAVAILABLE",
        message: "The storage folder is on a read-only file system.",
        ...details
      })
    case "ENOSPC":
    case "EDQUOT":
      return new RecoverableError({
        code: "STORAGE_UNAVAILABLE",
        message: "The disk of the storage folder is full.",
        ...details
      })
    default:
      return new TransientError({
        code: "STORAGE_FAILED",
        message: `The storage folder failed with ${errno ?? error.reason._tag}.`,
        ...details
      })
  }
}

const errnoOf = (cause: unknown): string | undefined =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : undefined
