/** Signed addresses of a bucket. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import { sha256 } from "../../../src/domain/hash.ts"
import { openS3 } from "../../support/stubs/s3/openS3.ts"
import { keys, serveS3 } from "../../support/stubs/S3Stub.ts"

const path = "raw/user/document.pdf"

describe("ObjectStorageS3", () => {
  it.effect("ObjectStorageS3 signs an address for the announced bytes alone", () =>
    Effect.gen(function*() {
      const stub = yield* serveS3()
      const storage = yield* openS3(stub.url)
      const file = { mediaType: "text/plain", bytes: 5, sha256: sha256("hello") }
      const address = Option.getOrThrow(yield* storage.uploadAddress(path, file))
      const put = (body: string, headers = {}) =>
        Effect.promise(() => fetch(address.url, { method: "PUT", headers: { ...address.headers, ...headers }, body }))
          .pipe(Effect.map(({ status }) => status))
      assert.strictEqual(yield* put("hello!"), 403)
      assert.strictEqual(yield* put("hello", { "content-type": "text/html" }), 403)
      assert.strictEqual(yield* put("hello", { "if-none-match": "\"other\"" }), 403)
      assert.strictEqual(yield* put("HELLO"), 400)
      assert.strictEqual(yield* put("hello"), 200)
      assert.strictEqual(yield* put("hello"), 412)
    }))

  it.effect("ObjectStorageS3 signs addresses for the endpoint that clients reach", () =>
    Effect.gen(function*() {
      const stub = yield* serveS3()
      const storage = yield* openS3(stub.url, { publicEndpoint: new URL("https://files.example.com") })
      const address = yield* storage.uploadAddress(path, { mediaType: "text/plain", bytes: 5, sha256: null })
      assert.strictEqual(Option.getOrThrow(address).url.host, "files.example.com")
    }))

  it.effect("ObjectStorageS3 signs no address that outlives the credentials", () =>
    Effect.gen(function*() {
      const stub = yield* serveS3()
      // The test's clock starts in 1970.
      const credentials = () => Promise.resolve({ ...keys, expiration: new Date(90_000) })
      const storage = yield* openS3(stub.url, { credentials })
      const address = yield* storage.uploadAddress(path, { mediaType: "text/plain", bytes: 5, sha256: null })
      assert.strictEqual(Option.getOrThrow(address).url.searchParams.get("X-Amz-Expires"), "90")
    }))
})
