/** A server of S3 without its bucket, that breaks off, or that does not answer. */
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Logger, Stream } from "effect"
import { TestClock } from "effect/testing"
import { answersWith } from "../../support/stubs/answersWith.ts"
import type { StubBehaviour } from "../../support/stubs/HttpStub.ts"
import { openS3 } from "../../support/stubs/s3/openS3.ts"
import { serveS3 } from "../../support/stubs/S3Stub.ts"

const path = "raw/user/document.pdf"
const text = (value: string) => Stream.succeed(new TextEncoder().encode(value))

describe("ObjectStorageS3", () => {
  it.effect("ObjectStorageS3 starts without its bucket, says what to do, and works once the bucket exists", () =>
    Effect.gen(function*() {
      const stub = yield* serveS3()
      stub.bucketExists = false
      const storage = yield* openS3(stub.url)
      for (const call of [storage.stat(path), storage.probe, storage.put(path, text("x"), "application/pdf")]) {
        const error = yield* Effect.flip(call)
        assert.deepStrictEqual([error._tag, error.code], ["RecoverableError", "STORAGE_UNAVAILABLE"])
        assert.strictEqual(error.message, "The bucket accessa-test does not exist. Create it, or correct S3_BUCKET.")
      }
      stub.bucketExists = true
      yield* storage.put(path, text("x"), "application/pdf")
      stub.bucketExists = false
      assert.strictEqual((yield* Effect.flip(storage.stat(path))).code, "STORAGE_UNAVAILABLE")
    }))

  it.effect("ObjectStorageS3 says once at its start that the bucket is missing", () =>
    Effect.gen(function*() {
      const stub = yield* serveS3()
      stub.bucketExists = false
      const said: Array<unknown> = []
      yield* openS3(stub.url).pipe(
        Effect.provide(Logger.layer([Logger.make(({ message }) => void said.push(message))]))
      )
      yield* TestClock.adjust("59 minutes")
      assert.deepStrictEqual(said, [["The bucket accessa-test does not exist. Create it, or correct S3_BUCKET."]])
    }))

  it.effect("ObjectStorageS3 fails when a download breaks off within the object", () =>
    Effect.gen(function*() {
      const stub = yield* serveS3()
      const storage = yield* openS3(stub.url)
      stub.intercept = () => "cut"
      const error = yield* Effect.flip(Stream.runDrain(storage.get(path)))
      assert.deepStrictEqual([error._tag, error.code], ["RecoverableError", "STORAGE_UNAVAILABLE"])
    }))

  it.effect.each<[string, StubBehaviour]>([
    ["no answer", "hang"],
    ["the rest of an object", "stall"]
  ])("ObjectStorageS3 fails if %s arrives in time", ([, behaviour]) =>
    Effect.gen(function*() {
      const stub = yield* serveS3()
      const storage = yield* openS3(stub.url)
      const asked = yield* answersWith(stub, behaviour)
      const begun = yield* Deferred.make<void>()
      const reading = Stream.runForEach(storage.get(path), () => Deferred.succeed(begun, undefined))
      const fiber = yield* Effect.forkChild(Effect.flip(reading))
      yield* Deferred.await(behaviour === "stall" ? begun : asked)
      yield* TestClock.adjust("30 seconds")
      const error = yield* Fiber.join(fiber)
      assert.deepStrictEqual([error._tag, error.code], ["TransientError", "STORAGE_FAILED"])
    }))

  it.effect("ObjectStorageS3 fails half a minute after a small object was sent to a server that hangs", () =>
    Effect.gen(function*() {
      const stub = yield* serveS3()
      const storage = yield* openS3(stub.url)
      const asked = yield* answersWith(stub, "hang")
      const fiber = yield* Effect.forkChild(Effect.flip(storage.put(path, text("x"), "application/pdf")))
      yield* Deferred.await(asked)
      yield* TestClock.adjust("31 seconds")
      const error = yield* Fiber.join(fiber)
      assert.deepStrictEqual([error._tag, error.code], ["TransientError", "STORAGE_FAILED"])
    }))
})
