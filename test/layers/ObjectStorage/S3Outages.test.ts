/** A server of S3 without its bucket, and the outages that it shares with other servers. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger, Stream } from "effect"
import { TestClock } from "effect/testing"
import { openS3 } from "../../support/stubs/s3/openS3.ts"
import { serveS3 } from "../../support/stubs/S3Stub.ts"
import { outageSpecification } from "./outages.ts"

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
})

outageSpecification(
  "ObjectStorageS3",
  Effect.gen(function*() {
    const stub = yield* serveS3()
    return { stub, storage: yield* openS3(stub.url) }
  })
)
