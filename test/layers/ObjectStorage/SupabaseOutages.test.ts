/** A Supabase Storage that breaks off, does not answer, or waits for a slow client. */
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import { answersWith } from "../../support/stubs/answersWith.ts"
import { key, open } from "../../support/stubs/openSupabase.ts"
import { serveSupabase } from "../../support/stubs/SupabaseStub.ts"

const path = "raw/user/document.pdf"
const text = (value: string) => Stream.succeed(new TextEncoder().encode(value))

describe("ObjectStorageSupabase", () => {
  it.effect("ObjectStorageSupabase fails when a download breaks off within the object", () =>
    Effect.gen(function*() {
      const stub = yield* serveSupabase({ key, prefix: "" })
      const storage = yield* open(stub.url)
      stub.intercept = () => "cut"
      const error = yield* Effect.flip(Stream.runDrain(storage.get(path)))
      assert.deepStrictEqual([error._tag, error.code], ["RecoverableError", "STORAGE_UNAVAILABLE"])
    }))

  it.effect("ObjectStorageSupabase fails if no answer arrives in time", () =>
    Effect.gen(function*() {
      const stub = yield* serveSupabase({ key, prefix: "" })
      const storage = yield* open(stub.url)
      const asked = yield* answersWith(stub, "hang")
      const fiber = yield* Effect.forkChild(Effect.flip(Stream.runDrain(storage.get(path))))
      yield* Deferred.await(asked)
      yield* TestClock.adjust("30 seconds")
      const error = yield* Fiber.join(fiber)
      assert.deepStrictEqual([error._tag, error.code], ["TransientError", "STORAGE_FAILED"])
    }))

  it.effect("ObjectStorageSupabase fails half a minute after a small object was sent to a server that hangs", () =>
    Effect.gen(function*() {
      const stub = yield* serveSupabase({ key, prefix: "" })
      const storage = yield* open(stub.url)
      const asked = yield* answersWith(stub, "hang")
      const fiber = yield* Effect.forkChild(Effect.flip(storage.put(path, text("x"), "application/pdf")))
      yield* Deferred.await(asked)
      yield* TestClock.adjust("31 seconds")
      const error = yield* Fiber.join(fiber)
      assert.deepStrictEqual([error._tag, error.code], ["TransientError", "STORAGE_FAILED"])
    }))

  it.effect("ObjectStorageSupabase waits as long as it takes for an upload whose client is slow", () =>
    Effect.gen(function*() {
      const stub = yield* serveSupabase({ key, prefix: "" })
      const storage = yield* open(stub.url)
      const rest = yield* Deferred.make<void>()
      const begun = yield* Deferred.make<void>()
      const slow = Stream.concat(
        text("first, "),
        Stream.fromEffect(Effect.andThen(Deferred.succeed(begun, undefined), Deferred.await(rest))).pipe(
          Stream.flatMap(() => text("and last"))
        )
      )
      const fiber = yield* Effect.forkChild(storage.put(path, slow, "text/plain"))
      yield* Deferred.await(begun)
      yield* TestClock.adjust("2 hours")
      yield* Deferred.succeed(rest, undefined)
      assert.deepStrictEqual(yield* Fiber.join(fiber), { bytes: 15 })
      assert.strictEqual(stub.buckets.get("raw")?.objects.get("user/document.pdf")?.toString(), "first, and last")
    }))
})
