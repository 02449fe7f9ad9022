import { assert, it } from "@effect/vitest"
import { Effect, Option, Stream } from "effect"
import { key, open } from "../../support/stubs/openSupabase.ts"
import { refusal, serveSupabase } from "../../support/stubs/SupabaseStub.ts"
import { outageSpecification } from "./outages.ts"

outageSpecification(
  "ObjectStorageSupabase",
  Effect.gen(function*() {
    const stub = yield* serveSupabase({ key, prefix: "" })
    return { stub, storage: yield* open(stub.url) }
  })
)

it.effect("ObjectStorageSupabase calls no server on a connection on which it has refused an upload, because it may read no more there", () =>
  Effect.gen(function*() {
    const stub = yield* serveSupabase({ key, prefix: "" })
    const storage = yield* open(stub.url)
    const deaf = new Set<unknown>()
    stub.intercept = ({ method, port, url }) => {
      if (deaf.has(port)) return "hang"
      if (method !== "POST" || !url.pathname.startsWith("/object/raw/")) return undefined
      deaf.add(port)
      return refusal("409", "KeyAlreadyExists", "The resource already exists")
    }
    for (const path of ["raw/user/one.pdf", "raw/user/two.pdf"]) {
      const error = yield* Effect.flip(storage.put(path, Stream.succeed(new Uint8Array(300_000)), "application/pdf"))
      assert.deepStrictEqual([error._tag, error.code], ["TransientError", "STORAGE_FAILED"])
      assert.deepStrictEqual(yield* storage.stat(path), Option.none())
    }
    assert.strictEqual(deaf.size, 2)
  }))

it.effect("ObjectStorageSupabase says that a bucket is missing, and makes it again when it is probed", () =>
  Effect.gen(function*() {
    const stub = yield* serveSupabase({ key, prefix: "" })
    const storage = yield* open(stub.url)
    const path = "raw/user/document.pdf"
    const put = storage.put(path, Stream.succeed(new Uint8Array(3)), "application/pdf")
    stub.buckets.delete("raw")
    const error = yield* Effect.flip(put)
    assert.deepStrictEqual([error._tag, error.code], ["RecoverableError", "STORAGE_UNAVAILABLE"])
    assert.include(error.message, "NoSuchBucket")
    yield* storage.probe
    assert.deepStrictEqual(yield* put, { bytes: 3 })
  }))
