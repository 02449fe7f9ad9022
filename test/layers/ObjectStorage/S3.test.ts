import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Stream } from "effect"
import { sha256 } from "../../../src/domain/hash.ts"
import type { StubBehaviour } from "../../support/stubs/HttpStub.ts"
import { openS3 } from "../../support/stubs/s3/openS3.ts"
import { keys, refusal, serveS3 } from "../../support/stubs/S3Stub.ts"

const path = "raw/user/document.pdf"
const text = (value: string) => Stream.succeed(new TextEncoder().encode(value))
const mebibytes = (count: number) => Stream.range(1, count).pipe(Stream.map((n) => new Uint8Array(1_048_576).fill(n)))

const refusals: ReadonlyArray<readonly [what: string, StubBehaviour, tag: string, code: string]> = [
  ["a throttle that lasts", refusal(503, "SlowDown"), "TransientError", "STORAGE_FAILED"],
  ["an internal error", refusal(500, "InternalError"), "RecoverableError", "STORAGE_UNAVAILABLE"],
  ["a page of a proxy", { status: 502, body: "<html>Bad gateway</html>" }, "RecoverableError", "STORAGE_UNAVAILABLE"],
  ["a reset", "reset", "RecoverableError", "STORAGE_UNAVAILABLE"],
  ["a denied access", refusal(403, "AccessDenied"), "RecoverableError", "STORAGE_DENIED"],
  ["a wrong secret", refusal(403, "SignatureDoesNotMatch"), "RecoverableError", "STORAGE_DENIED"],
  ["a withdrawn key", refusal(400, "ExpiredToken"), "RecoverableError", "STORAGE_DENIED"],
  ["a used-up quota", refusal(403, "QuotaExceeded"), "RecoverableError", "STORAGE_FULL"],
  ["an object that is too large", refusal(400, "EntityTooLarge"), "PermanentError", "FILE_TOO_LARGE"],
  ["bytes damaged on the way", refusal(400, "BadDigest"), "TransientError", "STORAGE_FAILED"],
  ["a refused argument", refusal(400, "InvalidArgument", "x"), "PermanentError", "INTERNAL"]
]

describe("ObjectStorageS3", () => {
  it.effect("ObjectStorageS3 writes a large stream in parts of 8 MiB, each with its SHA-256", () =>
    Effect.gen(function*() {
      const stub = yield* serveS3()
      const storage = yield* openS3(stub.url)
      const stored = yield* storage.put(path, mebibytes(17), "application/pdf")
      assert.strictEqual(stored.bytes, 17 * 1_048_576)
      const parts = stub.requests.filter(({ url }) => url.searchParams.has("partNumber"))
      assert.deepStrictEqual(
        parts.map(({ body, headers, url }) => [
          Number(url.searchParams.get("partNumber")),
          body.length,
          headers["x-amz-checksum-sha256"] === Buffer.from(sha256(body), "hex").toString("base64")
        ]).sort(),
        [[1, 8 * 1_048_576, true], [2, 8 * 1_048_576, true], [3, 1_048_576, true]]
      )
      assert.strictEqual(sha256(stub.objects.get(path)?.bytes ?? ""), sha256(yield* Stream.mkUint8Array(mebibytes(17))))
      assert.strictEqual(stub.uploads.size, 0)
    }))

  it.effect("ObjectStorageS3 writes a stream of exactly one part in one call", () =>
    Effect.gen(function*() {
      const stub = yield* serveS3()
      const storage = yield* openS3(stub.url)
      yield* storage.put(path, mebibytes(8), "application/pdf")
      assert.isFalse(stub.requests.some(({ method, url }) => method === "POST" && url.searchParams.has("uploads")))
      assert.strictEqual(stub.objects.get(path)?.bytes.length, 8 * 1_048_576)
    }))

  it.effect("ObjectStorageS3 aborts an upload in parts whose stream fails, and leaves nothing of it", () =>
    Effect.gen(function*() {
      const stub = yield* serveS3()
      const storage = yield* openS3(stub.url)
      const broken = Stream.concat(mebibytes(17), Stream.fail("hung up" as const))
      assert.strictEqual(yield* Effect.flip(storage.put(path, broken, "application/pdf")), "hung up")
      assert.strictEqual(stub.uploads.size, 0)
      assert.isFalse(stub.objects.has(path))
    }))

  it.effect("ObjectStorageS3 does not replace an object by an upload in parts", () =>
    Effect.gen(function*() {
      const stub = yield* serveS3()
      const storage = yield* openS3(stub.url)
      yield* storage.put(path, text("first"), "application/pdf")
      const error = yield* Effect.flip(storage.put(path, mebibytes(9), "application/pdf"))
      assert.deepStrictEqual([error._tag, error.code], ["TransientError", "STORAGE_FAILED"])
      assert.strictEqual(stub.objects.get(path)?.bytes.toString(), "first")
      assert.strictEqual(stub.uploads.size, 0)
    }))

  it.effect("ObjectStorageS3 aborts uploads in parts that a dead process left a day ago", () =>
    Effect.gen(function*() {
      const stub = yield* serveS3()
      const left = { key: path, parts: new Map() }
      // The test's clock starts in 1970.
      stub.uploads.set("young", { ...left, begunAt: -23 * 3_600_000 }).set("old", { ...left, begunAt: -25 * 3_600_000 })
      const aborted = yield* Deferred.make<void>()
      stub.intercept = ({ method }) => {
        if (method === "DELETE") Deferred.doneUnsafe(aborted, Effect.void)
        return undefined
      }
      yield* openS3(stub.url)
      yield* Deferred.await(aborted)
      const deletes = stub.requests.filter(({ method }) => method === "DELETE")
      assert.deepStrictEqual(deletes.map(({ url }) => url.searchParams.get("uploadId")), ["old"])
    }))

  it.effect.each(
    [
      ["replaces objects", { replaces: true }, "If-None-Match"],
      ["is public", { isPublic: true }, "Make it private"],
      ["keeps old versions", { keepsVersions: true }, "without versioning"]
    ] as const
  )("ObjectStorageS3 does not start with a bucket that %s", ([, vices, said]) =>
    Effect.gen(function*() {
      const stub = yield* serveS3()
      stub.vices = vices
      const error = yield* Effect.flip(openS3(stub.url))
      assert.deepStrictEqual([error._tag, error.code], ["RecoverableError", "STORAGE_DENIED"])
      assert.include(error.message, said)
      assert.strictEqual(stub.objects.size, 0)
    }))

  it.effect.each(
    [
      ["AES256", { algorithm: "AES256" }],
      ["aws:kms", { algorithm: "aws:kms", keyId: "alias/documents" }]
    ] as const
  )(
    "ObjectStorageS3 asks for encryption with %s, and keeps nothing that the server does not confirm",
    ([, encryption]) =>
      Effect.gen(function*() {
        const stub = yield* serveS3()
        const storage = yield* openS3(stub.url, { encryption })
        yield* storage.put(path, text("x"), "application/pdf")
        const { headers } = stub.requests.at(-1) ?? {}
        assert.deepStrictEqual(
          [headers?.["x-amz-server-side-encryption"], headers?.["x-amz-server-side-encryption-aws-kms-key-id"]],
          [encryption.algorithm, "keyId" in encryption ? encryption.keyId : undefined]
        )
        stub.objects.clear()
        stub.vices = { ignoresEncryption: true }
        for (const content of [text("x"), mebibytes(9)]) {
          const error = yield* Effect.flip(storage.put(path, content, "application/pdf"))
          assert.strictEqual(error.code, "STORAGE_DENIED")
          assert.include(error.message, "S3_ENCRYPTION")
        }
        assert.strictEqual(stub.objects.size, 0)
        assert.strictEqual((yield* Effect.flip(openS3(stub.url, { encryption }))).code, "STORAGE_DENIED")
      })
  )

  it.effect("ObjectStorageS3 waits and tries again when the server throttles", () =>
    Effect.gen(function*() {
      const stub = yield* serveS3()
      const storage = yield* openS3(stub.url)
      let throttled = 2
      stub.intercept = () => throttled-- > 0 ? refusal(503, "SlowDown") : undefined
      yield* storage.put(path, text("x"), "application/pdf")
      assert.isTrue(stub.objects.has(path))
    }))

  it.effect("ObjectStorageS3 says of each refusal whether to try again, to wait for the storage, or to give up", () =>
    Effect.gen(function*() {
      const stub = yield* serveS3()
      const storage = yield* openS3(stub.url)
      for (const [what, behaviour, tag, code] of refusals) {
        stub.intercept = () => behaviour
        const error = yield* Effect.flip(storage.put(path, text("x"), "application/pdf"))
        assert.deepStrictEqual([error._tag, error.code, error.dependency], [tag, code, "storage"], what)
        assert.notInclude(JSON.stringify(error), "stubsecretkey")
      }
    }))

  it.effect.each(
    [
      ["an unknown key", { ...keys, accessKeyId: "unknown" }, "403 InvalidAccessKeyId. Correct AWS_ACCESS_KEY_ID"],
      [
        "a wrong secret",
        { ...keys, secretAccessKey: "wrong" },
        "403 SignatureDoesNotMatch. Correct AWS_SECRET_ACCESS_KEY"
      ]
    ] as const
  )(
    "ObjectStorageS3 refuses to start with %s, and names the variable to correct",
    ([, credentials, says]) =>
      Effect.gen(function*() {
        const stub = yield* serveS3()
        const error = yield* Effect.flip(openS3(stub.url, { credentials }))
        assert.strictEqual(error.code, "STORAGE_DENIED")
        assert.include(error.message, says)
      })
  )

  it.effect("ObjectStorageS3 renews credentials that expire between two parts, and loses nothing", () =>
    Effect.gen(function*() {
      const stub = yield* serveS3()
      let issued = 0
      const keysOf = (number: number) => ({ accessKeyId: `role-${number}`, secretAccessKey: "secret" })
      stub.keys = keysOf(1)
      const storage = yield* openS3(stub.url, { credentials: () => Promise.resolve(keysOf(++issued)) })
      let oldest = 1
      stub.intercept = ({ headers, url }) => {
        if (url.searchParams.get("partNumber") === "2") oldest = 2
        const number = Number(/role-(\d+)/.exec(headers.authorization ?? "")?.[1])
        stub.keys = keysOf(number)
        return number < oldest ? refusal(400, "ExpiredToken") : undefined
      }
      yield* storage.put(path, mebibytes(17), "application/pdf")
      assert.strictEqual(stub.objects.get(path)?.bytes.length, 17 * 1_048_576)
      assert.isAtLeast(issued, 2)
    }))

  it.effect("ObjectStorageS3 lists page after page, without keys that are not ours", () =>
    Effect.gen(function*() {
      const stub = yield* serveS3()
      const storage = yield* openS3(stub.url)
      stub.pageSize = 7
      const object = { bytes: Buffer.from("x"), storedAt: 0 }
      for (let n = 0; n < 23; n++) stub.objects.set(`raw/user/${n}.pdf`, object)
      stub.objects.set("raw/a/b/c", object).set("raw/", object).set("raw/é", object)
      const found = yield* Stream.runCollect(storage.list("raw"))
      assert.strictEqual(new Set(found.map((object) => object.path)).size, 23)
    }))

  it.effect("ObjectStorageS3 fails on a listing that repeats itself, or that says there is more but not where", () =>
    Effect.gen(function*() {
      const stub = yield* serveS3()
      const storage = yield* openS3(stub.url)
      const lies = ["<NextContinuationToken>again</NextContinuationToken>", ""]
      for (const lie of lies) {
        const body = `<ListBucketResult><IsTruncated>true</IsTruncated>${lie}</ListBucketResult>`
        stub.intercept = ({ url }) =>
          url.searchParams.has("list-type")
            ? { status: 200, headers: { "content-type": "application/xml" }, body }
            : undefined
        const error = yield* Effect.flip(Stream.runDrain(storage.list("raw")))
        assert.strictEqual(error.code, "STORAGE_FAILED")
      }
    }))
})
