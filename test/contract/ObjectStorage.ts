/** What every object storage promises, as a suite over a layer. */
import { assert, layer } from "@effect/vitest"
import { Arbitrary, Duration, Effect, type Layer, Result, Schema, Stream } from "effect"
import { randomUUID } from "node:crypto"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { sha256 } from "../../src/domain/hash.ts"

const newPath = (root: "raw" | "parsed" = "raw") => `${root}/${randomUUID()}/${randomUUID()}.pdf`
const text = (value: string) => Stream.succeed(new TextEncoder().encode(value))
const read = (path: string) => Effect.flatMap(ObjectStorage, (storage) => Stream.mkUint8Array(storage.get(path)))
const readText = (path: string) => Effect.map(read(path), (bytes) => new TextDecoder().decode(bytes))

export const objectStorageContract = <E>(name: string, storage: Layer.Layer<ObjectStorage, E>) =>
  layer(storage)(`ObjectStorage ${name}`, (it) => {
    it.effect.prop(
      "gives back the bytes that were put, however they were cut",
      { parts: Arbitrary.array(Arbitrary.schema(Schema.Uint8Array), { maxLength: 5 }) },
      Effect.fnUntraced(function*({ parts }) {
        const storage = yield* ObjectStorage
        const path = newPath()
        const stored = yield* storage.put(path, Stream.fromIterable(parts), "application/pdf")
        const bytes = yield* read(path)
        assert.deepStrictEqual(bytes, new Uint8Array(parts.flatMap((part) => [...part])))
        assert.deepStrictEqual(stored, { bytes: bytes.length })
        assert.deepStrictEqual(yield* storage.stat(path), stored)
      }),
      { arbitrary: { runs: 20 } }
    )

    it.effect("carries megabytes unharmed", () =>
      Effect.gen(function*() {
        const storage = yield* ObjectStorage
        const path = newPath()
        const part = Uint8Array.from({ length: 65_537 }, (_, index) => index * 31)
        const content = Stream.range(1, 64).pipe(Stream.map((number) => part.with(0, number)))
        const stored = yield* storage.put(path, content, "application/pdf")
        assert.strictEqual(stored.bytes, 64 * part.length)
        assert.strictEqual(sha256(yield* read(path)), sha256(yield* Stream.mkUint8Array(content)))
      }))

    it.effect("replaces what is there", () =>
      Effect.gen(function*() {
        const storage = yield* ObjectStorage
        const path = newPath()
        yield* storage.put(path, text("the longer first version"), "text/plain")
        yield* storage.put(path, text("second"), "text/plain")
        assert.strictEqual(yield* readText(path), "second")
      }))

    it.effect("keeps the old object when a replacing stream fails, and fails with the stream's own error", () =>
      Effect.gen(function*() {
        const storage = yield* ObjectStorage
        const path = newPath()
        yield* storage.put(path, text("first"), "text/plain")
        const broken = Stream.concat(text("half of the sec"), Stream.fail("hung up" as const))
        assert.strictEqual(yield* Effect.flip(storage.put(path, broken, "text/plain")), "hung up")
        assert.strictEqual(yield* readText(path), "first")
      }))

    it.effect("writes nothing when the stream fails", () =>
      Effect.gen(function*() {
        const storage = yield* ObjectStorage
        const path = newPath()
        const broken = Stream.concat(text("half"), Stream.fail("hung up" as const))
        yield* Effect.flip(storage.put(path, broken, "text/plain"))
        assert.isUndefined(yield* storage.stat(path))
      }))

    it.effect("says which kind of object is missing", () =>
      Effect.gen(function*() {
        const storage = yield* ObjectStorage
        const raw = yield* Effect.flip(read(newPath("raw")))
        const parsed = yield* Effect.flip(read(newPath("parsed")))
        assert.deepStrictEqual([raw._tag, raw.code], ["PermanentError", "RAW_MISSING"])
        assert.deepStrictEqual([parsed._tag, parsed.code], ["PermanentError", "PARSED_MISSING"])
        assert.isUndefined(yield* storage.stat(newPath()))
      }))

    it.effect("moves an object, also over another one", () =>
      Effect.gen(function*() {
        const storage = yield* ObjectStorage
        const [from, to] = [newPath(), newPath()]
        yield* storage.put(from, text("new"), "text/plain")
        yield* storage.put(to, text("old"), "text/plain")
        yield* storage.move(from, to)
        assert.strictEqual(yield* readText(to), "new")
        assert.isUndefined(yield* storage.stat(from))
      }))

    it.effect("leaves the target alone when there is nothing to move", () =>
      Effect.gen(function*() {
        const storage = yield* ObjectStorage
        const [from, to] = [newPath("parsed"), newPath("parsed")]
        yield* storage.put(to, text("kept"), "text/plain")
        assert.strictEqual((yield* Effect.flip(storage.move(from, to))).code, "PARSED_MISSING")
        assert.strictEqual(yield* readText(to), "kept")
      }))

    it.effect("removes an object, and one that is not there", () =>
      Effect.gen(function*() {
        const storage = yield* ObjectStorage
        const path = newPath()
        yield* storage.put(path, text("gone soon"), "text/plain")
        yield* storage.remove(path)
        yield* storage.remove(path)
        assert.isUndefined(yield* storage.stat(path))
      }))

    it.effect("gives an address that takes one object without a credential, or none if it has no door of its own", () =>
      Effect.gen(function*() {
        const storage = yield* ObjectStorage
        const path = newPath()
        const address = yield* storage.uploadAddress(path, "application/pdf")
        assert.isUndefined(yield* storage.stat(path))
        if (address === undefined) return
        assert.isAbove(Duration.toMinutes(address.lasts), 4)
        const put = (url: URL, body: string) =>
          Effect.promise(() => fetch(url, { method: "PUT", headers: address.headers, body }))
        assert.isTrue((yield* put(address.url, "from outside")).ok)
        assert.strictEqual(yield* readText(path), "from outside")
        assert.isFalse((yield* put(address.url, "once more")).ok)
        const elsewhere = new URL(address.url.href.replace(path, newPath()))
        assert.isFalse((yield* put(elsewhere, "elsewhere")).ok)
        assert.strictEqual(yield* readText(path), "from outside")
      }))

    it.effect.each([
      "../etc/passwd",
      "raw",
      "raw/",
      "/raw/a",
      "raw/../parsed/a",
      "raw/./a",
      "raw/a/b/c",
      "raw//a",
      "raw/.hidden",
      "raw/a\u0000b",
      "raw/é.pdf",
      "raw/a b",
      "raw/a\\b",
      "secret/a",
      "raw/a\n"
    ])("refuses the path %j", (path) =>
      Effect.gen(function*() {
        const storage = yield* ObjectStorage
        const good = newPath()
        const calls = [
          storage.put(path, text("x"), "text/plain"),
          Stream.runDrain(storage.get(path)),
          storage.stat(path),
          storage.move(path, good),
          storage.move(good, path),
          storage.remove(path),
          storage.uploadAddress(path, "text/plain")
        ]
        for (const call of calls) {
          const outcome = yield* Effect.result(call)
          assert.isTrue(Result.isFailure(outcome) && outcome.failure.code === "INTERNAL")
        }
      }))
  })
