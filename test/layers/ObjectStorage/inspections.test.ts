/** What an inspection sees of the storages. */
import { NodeHttpClient } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { chmod, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { StorageInspectionFilesystem } from "../../../layers/ObjectStorage/FilesystemInspection.ts"
import { StorageInspectionS3 } from "../../../layers/ObjectStorage/S3Inspection.ts"
import { StorageInspectionSupabase } from "../../../layers/ObjectStorage/SupabaseInspection.ts"
import { StorageInspection } from "../../../services/StorageInspection.ts"
import { s3Options } from "../../support/stubs/s3/openS3.ts"
import { serveS3 } from "../../support/stubs/S3Stub.ts"
import { serveSupabase, type StubBucket, type SupabaseStub } from "../../support/stubs/SupabaseStub.ts"

const look = Effect.flatMap(StorageInspection, (inspection) => inspection.look)

/** Once a signed address was called, the storage's clock runs ahead. */
const inspect = (stub: SupabaseStub) => {
  const { intercept } = stub
  let calls = 0
  stub.intercept = (request) => {
    if (request.method === "GET" && request.url.searchParams.has("token") && ++calls > 1) stub.ahead = 60_000
    return intercept(request)
  }
  return look.pipe(
    Effect.provide(Layer.provide(
      StorageInspectionSupabase({
        url: stub.url,
        serviceRoleKey: Redacted.make("key"),
        callTimeout: "5 seconds",
        over: "1 millis"
      }),
      NodeHttpClient.layerUndici
    ))
  )
}

const withBuckets = Effect.fnUntraced(function*(raw: Omit<StubBucket, "objects">) {
  const stub = yield* serveSupabase({ key: "key", prefix: "/storage/v1" })
  stub.buckets.set("raw", { ...raw, objects: new Map() }).set("parsed", { public: false, objects: new Map() })
  return stub
})

it.live("Supabase's private buckets are seen with their limits, an expired address is refused, and nothing is left", () =>
  Effect.gen(function*() {
    const stub = yield* withBuckets({
      public: false,
      file_size_limit: 1_000_000,
      allowed_mime_types: ["application/pdf"]
    })
    const { buckets, expires, open } = yield* inspect(stub)
    assert.deepStrictEqual(buckets, [
      { id: "raw", public: false, maxBytes: 1_000_000, mediaTypes: ["application/pdf"] },
      { id: "parsed", public: false, maxBytes: null, mediaTypes: [] }
    ])
    assert.isFalse(open)
    assert.isTrue(expires)
    assert.strictEqual(stub.buckets.get("raw")?.objects.size, 0)
  }))

it.live("a public bucket is seen as public, and its objects as open", () =>
  Effect.gen(function*() {
    const { buckets, open } = yield* inspect(yield* withBuckets({ public: true }))
    assert.isTrue(buckets[0]?.public)
    assert.isTrue(open)
  }))

/** Of the calls of signed addresses, those before `opening` come too late. */
const inspectLate = Effect.fnUntraced(function*(opening: number) {
  const stub = yield* withBuckets({ public: false })
  let calls = 0
  stub.intercept = ({ method, url }) => {
    if (method !== "GET" || !url.searchParams.has("token")) return undefined
    stub.ahead = ++calls === opening ? 0 : 60_000
    return undefined
  }
  return yield* inspect(stub)
})

it.live("a signed address that ends before it is called is replaced by another", () =>
  Effect.gen(function*() {
    assert.isTrue((yield* inspectLate(2)).expires)
  }))

it.live("nothing is said of the life of addresses that all end before they are called", () =>
  Effect.gen(function*() {
    assert.isNull((yield* inspectLate(100)).expires)
  }))

it.live("a signed address that outlives its time is seen", () =>
  Effect.gen(function*() {
    const stub = yield* withBuckets({ public: false })
    stub.intercept = ({ method, url }) =>
      method === "GET" && url.searchParams.has("token") ? { status: 200, body: Buffer.from("x") } : undefined
    assert.isFalse((yield* inspect(stub)).expires)
  }))

it.live("a folder that other users may enter is seen as open", () =>
  Effect.gen(function*() {
    const directory = yield* Effect.acquireRelease(
      Effect.promise(() => mkdtemp(join(tmpdir(), "accessa-"))),
      (path) => Effect.promise(() => rm(path, { recursive: true }))
    )
    const seen = Effect.provide(look, StorageInspectionFilesystem({ directory }))
    assert.isFalse((yield* seen).open)
    yield* Effect.promise(() => chmod(directory, 0o755))
    assert.isTrue((yield* seen).open)
  }))

it.live("a bucket of S3 is seen as private or open, and nothing is left in it", () =>
  Effect.gen(function*() {
    const stub = yield* serveS3()
    const seen = look.pipe(
      Effect.provide(Layer.provide(
        StorageInspectionS3({ ...s3Options(stub.url), over: "1 millis" }),
        NodeHttpClient.layerUndici
      ))
    )
    // Once a signed address was called, the server's clock runs ahead.
    let calls = 0
    stub.intercept = ({ method, url }) => {
      if (method === "GET" && url.searchParams.has("X-Amz-Signature") && ++calls > 1) stub.ahead = 60_000
      return undefined
    }
    const { buckets, expires, kind, open } = yield* seen
    assert.deepStrictEqual([kind, open, expires, buckets.map((bucket) => bucket.public)], ["s3", false, true, [
      false,
      false
    ]])
    assert.strictEqual(stub.objects.size, 0)
    stub.vices = { isPublic: true }
    assert.isTrue((yield* seen).open)
  }))
