import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Stream } from "effect"
import type { StubBehaviour } from "../../support/stubs/HttpStub.ts"
import { key, open } from "../../support/stubs/openSupabase.ts"
import { refusal, serveSupabase } from "../../support/stubs/SupabaseStub.ts"

const path = "raw/user/document.pdf"
const text = (value: string) => Stream.succeed(new TextEncoder().encode(value))

describe("ObjectStorageSupabase", () => {
  it.effect("ObjectStorageSupabase creates the two private buckets, and reuses them the next time", () =>
    Effect.gen(function*() {
      const stub = yield* serveSupabase({ key, prefix: "" })
      yield* open(stub.url)
      assert.deepStrictEqual([...stub.buckets].map(([name, bucket]) => [name, bucket.public]), [
        ["raw", false],
        ["parsed", false]
      ])
      yield* open(stub.url)
    }))

  it.effect.each(
    [
      ["the gateway's address", "/storage/v1", "/"],
      ["the gateway's address with the prefix", "/storage/v1", "/storage/v1"],
      ["the gateway's address with the prefix and a slash", "/storage/v1", "/storage/v1/"],
      ["the bare service's address", "", "/"]
    ] as const
  )("finds the storage at %s", ([, prefix, given]) =>
    Effect.gen(function*() {
      const stub = yield* serveSupabase({ key, prefix })
      const storage = yield* open(new URL(given, stub.url))
      yield* storage.put(path, text("x"), "application/pdf")
      const last = stub.requests.at(-1)
      assert.deepStrictEqual(
        [last?.url.pathname, last?.headers.authorization, last?.headers["apikey"], last?.headers["content-type"]],
        [`${prefix}/object/raw/user/document.pdf`, `Bearer ${key}`, key, "application/pdf"]
      )
    }))

  it.effect.each(
    [
      ["of the bare service", "", "http://127.0.0.1:5000", "http://127.0.0.1:5000/object/upload/sign/raw/"],
      [
        "of a project",
        "/storage/v1",
        "https://x.example.com",
        "https://x.example.com/storage/v1/object/upload/sign/raw/"
      ],
      ["of a gateway alone", "", "https://x.example.com/storage/v1/", "https://x.example.com/storage/v1/object/upload/"]
    ] as const
  )(
    "ObjectStorageSupabase gives clients the public address %s",
    ([, prefix, publicUrl, begins]) =>
      Effect.gen(function*() {
        const stub = yield* serveSupabase({ key, prefix })
        const storage = yield* open(stub.url, key, new URL(publicUrl))
        const address = yield* storage.uploadAddress(path, { mediaType: "text/plain", bytes: 1, sha256: null })
        const { href } = Option.getOrThrow(address).url
        assert.isTrue(href.startsWith(begins), href)
      })
  )

  it.effect("ObjectStorageSupabase does not start with a wrong key", () =>
    Effect.gen(function*() {
      const stub = yield* serveSupabase({ key, prefix: "" })
      const error = yield* Effect.flip(open(stub.url, "wrong-key"))
      assert.deepStrictEqual([error._tag, error.code], ["RecoverableError", "STORAGE_DENIED"])
      assert.include(error.message, "Invalid Compact JWS. Set SUPABASE_SERVICE_ROLE_KEY to")
    }))

  it.effect("ObjectStorageSupabase does not start with a wrong address, and names its setting", () =>
    Effect.gen(function*() {
      const stub = yield* serveSupabase({ key, prefix: "" })
      const error = yield* Effect.flip(open(new URL("/wrong", stub.url)))
      assert.include(error.message, "not found. SUPABASE_URL does not lead to the storage")
    }))

  it.effect("ObjectStorageSupabase does not start with a public bucket", () =>
    Effect.gen(function*() {
      const stub = yield* serveSupabase({ key, prefix: "" })
      stub.buckets.set("parsed", { public: true, objects: new Map() })
      const error = yield* Effect.flip(open(stub.url))
      assert.strictEqual(error.code, "STORAGE_DENIED")
      assert.include(error.message, "parsed is public")
    }))

  it.effect("ObjectStorageSupabase does not start with a bucket that refuses parsed texts", () =>
    Effect.gen(function*() {
      const stub = yield* serveSupabase({ key, prefix: "" })
      stub.buckets.set("parsed", { public: false, objects: new Map(), allowed_mime_types: ["application/pdf"] })
      const error = yield* Effect.flip(open(stub.url))
      assert.strictEqual(error.code, "STORAGE_DENIED")
      assert.include(error.message, "does not accept text/markdown")
    }))

  it.effect("ObjectStorageSupabase sees the limits of its buckets, and sees them anew when it is probed", () =>
    Effect.gen(function*() {
      const stub = yield* serveSupabase({ key, prefix: "" })
      stub.buckets.set("raw", { public: false, objects: new Map(), file_size_limit: 1_000 })
      const storage = yield* open(stub.url)
      assert.deepStrictEqual(yield* storage.limits("raw"), { maxBytes: 1_000, mediaTypes: [] })
      stub.buckets.set("raw", { public: false, objects: new Map(), file_size_limit: 2_000 })
      yield* storage.probe
      assert.deepStrictEqual(yield* storage.limits("raw"), { maxBytes: 2_000, mediaTypes: [] })
    }))

  it.effect("ObjectStorageSupabase has the limit of the whole service where that of a bucket is higher or absent", () =>
    Effect.gen(function*() {
      const stub = yield* serveSupabase({ key, prefix: "/storage/v1" })
      stub.maxBytes = 1_500
      stub.buckets.set("raw", { public: false, objects: new Map(), file_size_limit: 1_000 })
      const storage = yield* open(stub.url)
      const limits = Effect.map(
        Effect.all([storage.limits("raw"), storage.limits("parsed")]),
        (each) => each.map(({ maxBytes }) => maxBytes)
      )
      assert.deepStrictEqual(yield* limits, [1_000, 1_500])
      stub.maxBytes = 700
      yield* storage.probe
      assert.deepStrictEqual(yield* limits, [700, 700])
    }))

  it.effect("ObjectStorageSupabase works with a gateway that does not pass the limit of the whole service on", () =>
    Effect.gen(function*() {
      const stub = yield* serveSupabase({ key, prefix: "/storage/v1" })
      stub.intercept = ({ method }) => method === "OPTIONS" ? { status: 405 } : undefined
      const storage = yield* open(stub.url)
      assert.deepStrictEqual(yield* storage.limits("raw"), { maxBytes: null, mediaTypes: [] })
    }))

  it.effect("ObjectStorageSupabase starts while the storage is down, and works once it is back", () =>
    Effect.gen(function*() {
      const stub = yield* serveSupabase({ key, prefix: "" })
      stub.intercept = () => ({ status: 503, body: "<html>maintenance</html>" })
      const storage = yield* open(stub.url)
      const error = yield* Effect.flip(storage.stat(path))
      assert.deepStrictEqual([error._tag, error.code], ["RecoverableError", "STORAGE_UNAVAILABLE"])
      assert.notInclude(error.message, "html")
      stub.intercept = () => undefined
      assert.isTrue(Option.isNone(yield* storage.stat(path)))
    }))

  it.effect.each<[string, StubBehaviour, string, string]>([
    ["a bad token", refusal("403", "AccessDenied", "Invalid Compact JWS"), "RecoverableError", "STORAGE_DENIED"],
    ["an expired token", refusal("400", "InvalidJWT", "exp"), "RecoverableError", "STORAGE_DENIED"],
    [
      "no token",
      refusal("400", "InvalidRequest", "headers must have required property 'authorization'"),
      "RecoverableError",
      "STORAGE_DENIED"
    ],
    ["a lost bucket", refusal("404", "NoSuchBucket", "Bucket not found"), "RecoverableError", "STORAGE_UNAVAILABLE"],
    [
      "an object that is too large",
      refusal("413", "EntityTooLarge", "exceeded the maximum size"),
      "PermanentError",
      "FILE_TOO_LARGE"
    ],
    ["a refused type", refusal("415", "InvalidMimeType", "not supported"), "PermanentError", "UNSUPPORTED_TYPE"],
    ["a refused key", refusal("400", "InvalidKey", "Invalid key"), "PermanentError", "INTERNAL"],
    ["a throttle", refusal("429", "SlowDown", "Too many"), "TransientError", "STORAGE_FAILED"],
    ["a database timeout", { status: 544, body: {} }, "RecoverableError", "STORAGE_UNAVAILABLE"],
    ["an internal error", { status: 500, body: {} }, "RecoverableError", "STORAGE_UNAVAILABLE"],
    ["a reset", "reset", "RecoverableError", "STORAGE_UNAVAILABLE"]
  ])("classifies %s", ([, behaviour, tag, code]) =>
    Effect.gen(function*() {
      const stub = yield* serveSupabase({ key, prefix: "" })
      const storage = yield* open(stub.url)
      stub.intercept = () => behaviour
      const calls = [
        storage.put(path, text("x"), "application/pdf"),
        Stream.runDrain(storage.get(path)),
        storage.stat(path),
        Stream.runDrain(storage.list("raw")),
        storage.remove(path)
      ]
      for (const call of calls) {
        const error = yield* Effect.flip(call)
        assert.deepStrictEqual([error._tag, error.code, error.dependency], [tag, code, "storage"])
        assert.notInclude(JSON.stringify(error), key)
      }
    }))

  it.effect("ObjectStorageSupabase lists page after page", () =>
    Effect.gen(function*() {
      const stub = yield* serveSupabase({ key, prefix: "" })
      const storage = yield* open(stub.url)
      stub.buckets.set("raw", {
        public: false,
        objects: new Map(Array.from({ length: 2_345 }, (_, n) => [`user/${n}.pdf`, Buffer.from("x")]))
      })
      const found = yield* Stream.runCollect(storage.list("raw"))
      assert.strictEqual(new Set(found.map((object) => object.path)).size, 2_345)
      assert.strictEqual(stub.requests.filter((request) => request.url.pathname.endsWith("/list-v2/raw")).length, 3)
    }))
})
