import { NodeFileSystem } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Context, Deferred, Duration, Effect, Fiber, FileSystem, Layer, Option, PlatformError, Stream } from "effect"
import { TestClock } from "effect/testing"
import { ObjectStorageFilesystem } from "../../../layers/ObjectStorage/Filesystem.ts"
import { ObjectStorage } from "../../../services/ObjectStorage.ts"

const path = "raw/00000000-0000-4000-8000-000000000001/00000000-0000-4000-8000-000000000002.pdf"
const text = (value: string) => Stream.succeed(new TextEncoder().encode(value))

const open = (directory: string) =>
  Effect.map(Layer.build(ObjectStorageFilesystem({ directory })), (context) => Context.get(context, ObjectStorage))

const errno = (code: string) =>
  PlatformError.systemError({
    _tag: "Unknown",
    module: "FileSystem",
    method: "writeAll",
    cause: Object.assign(new Error(code), { code })
  })

describe("ObjectStorageFilesystem", () => {
  it.effect("ObjectStorageFilesystem shows no object until it is complete", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const storage = yield* open(yield* fs.makeTempDirectoryScoped())
      const half = yield* Deferred.make<void>()
      const rest = yield* Deferred.make<void>()
      const slow = text("half, ").pipe(
        Stream.concat(Stream.drain(Stream.fromEffect(Deferred.succeed(half, undefined)))),
        Stream.concat(Stream.unwrap(Effect.as(Deferred.await(rest), text("whole"))))
      )
      const fiber = yield* Effect.forkChild(storage.put(path, slow, "text/plain"))
      yield* Deferred.await(half)
      assert.isTrue(Option.isNone(yield* storage.stat(path)))
      yield* Deferred.succeed(rest, undefined)
      yield* Fiber.join(fiber)
      assert.strictEqual(yield* Stream.mkString(Stream.decodeText(storage.get(path))), "half, whole")
    }).pipe(Effect.provide(NodeFileSystem.layer)))

  it.effect("ObjectStorageFilesystem syncs a large object before its name is there", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      const whereSynced: Array<boolean> = []
      const watched = FileSystem.FileSystem.of({
        ...fs,
        open: (name, options) =>
          Effect.map(fs.open(name, options), (file) => {
            const noted = Effect.map(fs.exists(`${directory}/${path}`), (there) => whereSynced.push(there))
            return Object.create(file, { sync: { value: Effect.andThen(file.sync, noted) } })
          })
      })
      const storage = yield* Effect.provideService(open(directory), FileSystem.FileSystem, watched)
      yield* storage.put(path, text("x".repeat(300_000)), "text/plain")
      assert.deepStrictEqual(whereSynced, [false])
      assert.isTrue(yield* fs.exists(`${directory}/${path}`))
    }).pipe(Effect.provide(NodeFileSystem.layer)))

  it.effect("ObjectStorageFilesystem leaves nothing behind when a write fails or is interrupted", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      const storage = yield* open(directory)
      yield* Effect.flip(storage.put(path, Stream.concat(text("half"), Stream.fail("hung up")), "text/plain"))
      const started = yield* Deferred.make<void>()
      const endless = Stream.concat(
        text("half"),
        Stream.fromEffect(Effect.andThen(Deferred.succeed(started, undefined), Effect.never))
      )
      const fiber = yield* Effect.forkChild(storage.put(path, endless, "text/plain"))
      yield* Deferred.await(started)
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(yield* fs.readDirectory(directory, { recursive: true }), [".incoming"])
    }).pipe(Effect.provide(NodeFileSystem.layer)))

  it.effect("ObjectStorageFilesystem removes drafts older than an hour that a crash left, at startup and later", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      yield* TestClock.setTime(Date.now())
      yield* open(directory)
      yield* fs.writeFileString(`${directory}/.incoming/of-a-crash`, "half")
      yield* TestClock.setTime(Date.now() + Duration.toMillis("50 minutes"))
      yield* open(directory)
      assert.deepStrictEqual(yield* fs.readDirectory(`${directory}/.incoming`), ["of-a-crash"])
      const left = fs.readDirectory(`${directory}/.incoming`)
      yield* Effect.repeat(Effect.andThen(TestClock.adjust("10 minutes"), left), {
        until: (names) => names.length === 0
      })
      yield* fs.writeFileString(`${directory}/.incoming/of-another`, "half")
      yield* TestClock.setTime(Date.now() + Duration.toMillis("61 minutes"))
      yield* open(directory)
      assert.deepStrictEqual(yield* left, [])
    }).pipe(Effect.provide(NodeFileSystem.layer)))

  it.effect.each<[string, string, string]>([
    ["ENOSPC", "RecoverableError", "STORAGE_FULL"],
    ["EDQUOT", "RecoverableError", "STORAGE_FULL"],
    ["EROFS", "RecoverableError", "STORAGE_DENIED"],
    ["EACCES", "RecoverableError", "STORAGE_DENIED"],
    ["EPERM", "RecoverableError", "STORAGE_DENIED"],
    ["EIO", "TransientError", "STORAGE_FAILED"],
    ["EMFILE", "TransientError", "STORAGE_FAILED"]
  ])("says what %s means", ([code, tag, expected]) =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const failing = FileSystem.FileSystem.of({ ...fs, open: () => Effect.fail(errno(code)) })
      const storage = yield* open(yield* fs.makeTempDirectoryScoped()).pipe(
        Effect.provideService(FileSystem.FileSystem, failing)
      )
      const error = yield* Effect.flip(storage.put(path, text("x".repeat(300_000)), "text/plain"))
      assert.deepStrictEqual([error._tag, error.code, error.dependency], [tag, expected, "storage"])
    }).pipe(Effect.provide(NodeFileSystem.layer)))

  it.effect("ObjectStorageFilesystem does not start with a folder it cannot write to", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const failing = FileSystem.FileSystem.of({ ...fs, makeDirectory: () => Effect.fail(errno("EROFS")) })
      const error = yield* Effect.flip(Effect.provideService(open("/nowhere"), FileSystem.FileSystem, failing))
      assert.deepStrictEqual([error._tag, error.code], ["RecoverableError", "STORAGE_DENIED"])
    }).pipe(Effect.provide(NodeFileSystem.layer)))
})
