/** The contract of object storages, as a suite over a layer. */
import { assert, layer } from "@effect/vitest"
import { Arbitrary, Clock, Duration, Effect, type Layer, Option, Result, Schema, Stream } from "effect"
import { randomUUID } from "node:crypto"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { sha256 } from "../../src/domain/hash.ts"

const newPath = (root: "raw" | "parsed" = "raw") => `${root}/${randomUUID()}/${randomUUID()}.pdf`
const text = (value: string) => Stream.succeed(new TextEncoder().encode(value))
const read = (path: string) => Effect.flatMap(ObjectStorage, (storage) => Stream.mkUint8Array(storage.get(path)))
const readText = (path: string) => Effect.map(read(path), (bytes) => new TextDecoder().decode(bytes))

/** `races`: a write that began before the object existed may replace it. */
export const objectStorageContract = <E>(
  name: string,
  storage: Layer.Layer<ObjectStorage, E>,
  { races = false }: { readonly races?: boolean } = {}
) =>
  layer(storage)(`ObjectStorage ${name}`, (it) => {
    it.effect.prop(
      "returns the stored bytes, however they were split",
      { parts: Arbitrary.array(Arbitrary.schema(Schema.Uint8Array), { maxLength: 5 }) },
      Effect.fnUntraced(function*({ parts }) {
        const storage = yield* ObjectStorage
        const path = newPath()
        const stored = yield* storage.put(path, Stream.fromIterable(parts), "application/pdf")
        const bytes = yield* read(path)
        assert.deepStrictEqual(bytes, new Uint8Array(parts.flatMap((part) => [...part])))
        assert.deepStrictEqual(stored, { bytes: bytes.length })
        assert.deepStrictEqual(yield* storage.stat(path), Option.some(stored))
      }),
      { arbitrary: { runs: 20 } }
    )

    it.effect("stores megabytes unchanged", () =>
      Effect.gen(function*() {
        const storage = yield* ObjectStorage
        const path = newPath()
        const part = Uint8Array.from({ length: 65_537 }, (_, index) => index * 31)
        const content = Stream.range(1, 64).pipe(Stream.map((number) => part.with(0, number)))
        const stored = yield* storage.put(path, content, "application/pdf")
        assert.strictEqual(stored.bytes, 64 * part.length)
        assert.strictEqual(sha256(yield* read(path)), sha256(yield* Stream.mkUint8Array(content)))
      }))

    it.effect("replaces nothing, and of concurrent writes to one path one stays", () =>
      Effect.gen(function*() {
        const storage = yield* ObjectStorage
        const path = newPath()
        yield* storage.put(path, text("first"), "text/plain")
        const error = yield* Effect.flip(storage.put(path, text("second, and longer"), "text/plain"))
        assert.deepStrictEqual([error._tag, error.code], ["TransientError", "STORAGE_FAILED"])
        assert.strictEqual(yield* readText(path), "first")

        const [small, large] = [newPath(), newPath()]
        const put = (place: string, size: number) => (n: number) =>
          Effect.result(storage.put(place, text(String(n).repeat(size)), "text/plain"))
        for (const [place, size] of [[small, 10], [large, 300_000]] as const) {
          const outcomes = yield* Effect.forEach([1, 2, 3, 4], put(place, size), { concurrency: "unbounded" })
          const winners = outcomes.flatMap((outcome, index) => Result.isSuccess(outcome) ? [index + 1] : [])
          if (!races) assert.lengthOf(winners, 1)
          assert.include(winners.map((n) => String(n).repeat(size)), yield* readText(place))
        }
      }))

    it.effect("writes nothing when the stream fails", () =>
      Effect.gen(function*() {
        const storage = yield* ObjectStorage
        const path = newPath()
        const broken = Stream.concat(text("half"), Stream.fail("hung up" as const))
        yield* Effect.flip(storage.put(path, broken, "text/plain"))
        assert.isTrue(Option.isNone(yield* storage.stat(path)))
      }))

    it.effect("says which kind of object is missing", () =>
      Effect.gen(function*() {
        const storage = yield* ObjectStorage
        const raw = yield* Effect.flip(read(newPath("raw")))
        const parsed = yield* Effect.flip(read(newPath("parsed")))
        assert.deepStrictEqual([raw._tag, raw.code], ["PermanentError", "RAW_MISSING"])
        assert.deepStrictEqual([parsed._tag, parsed.code], ["PermanentError", "PARSED_MISSING"])
        assert.isTrue(Option.isNone(yield* storage.stat(newPath())))
      }))

    it.effect("removes an object, even one that does not exist", () =>
      Effect.gen(function*() {
        const storage = yield* ObjectStorage
        const path = newPath()
        yield* storage.put(path, text("gone soon"), "text/plain")
        yield* storage.remove(path)
        yield* storage.remove(path)
        assert.isTrue(Option.isNone(yield* storage.stat(path)))
      }))

    it.effect("removes many at once, of both kinds, whether they exist or not", () =>
      Effect.gen(function*() {
        const storage = yield* ObjectStorage
        const paths = [newPath(), newPath("parsed"), newPath()]
        for (const path of paths) yield* storage.put(path, text("gone soon"), "text/plain")
        yield* storage.remove(newPath(), ...paths, newPath("parsed"))
        for (const path of paths) assert.isTrue(Option.isNone(yield* storage.stat(path)))
        yield* storage.remove()
      }))

    it.effect("lists the objects of one kind with size and time, and none of the other kind", () =>
      Effect.gen(function*() {
        const storage = yield* ObjectStorage
        const paths = [newPath(), newPath(), `raw/${randomUUID()}`]
        for (const path of paths) yield* storage.put(path, text("four"), "text/plain")
        yield* storage.put(newPath("parsed"), text("x"), "text/plain")
        const listed = yield* Stream.runCollect(storage.list("raw"))
        // A storage in memory uses the test's clock.
        const clocks = [Date.now(), yield* Clock.currentTimeMillis]
        for (const path of paths) {
          const found = listed.filter((object) => object.path === path)
          assert.deepStrictEqual(found.map(({ bytes }) => bytes), [4])
          assert.isBelow(Math.min(...clocks.map((now) => Math.abs((found[0]?.storedAt ?? -Infinity) - now))), 60_000)
        }
        assert.isTrue(listed.every(({ path }) => path.startsWith("raw/")))
        yield* storage.remove(...paths)
        const left = yield* Stream.runCollect(storage.list("raw"))
        assert.isFalse(left.some(({ path }) => paths.includes(path)))
      }))

    it.effect(
      "returns an address that accepts one object without a credential, or none if it has no public "
        + "address",
      () =>
        Effect.gen(function*() {
          const storage = yield* ObjectStorage
          const path = newPath()
          const bytes = "from outside".length
          const found = yield* storage.uploadAddress(path, { mediaType: "application/pdf", bytes, sha256: null })
          assert.isTrue(Option.isNone(yield* storage.stat(path)))
          if (Option.isNone(found)) return
          const address = found.value
          assert.isAbove(Duration.toMinutes(address.lasts), 4)
          const put = (url: URL, body: string) =>
            Effect.promise(() => fetch(url, { method: "PUT", headers: address.headers, body }))
          assert.isTrue((yield* put(address.url, "from outside")).ok)
          assert.strictEqual(yield* readText(path), "from outside")
          assert.isFalse((yield* put(address.url, "once more")).ok)
          const elsewhere = new URL(address.url.href.replace(path, newPath()))
          assert.isFalse((yield* put(elsewhere, "elsewhere")).ok)
          assert.strictEqual(yield* readText(path), "from outside")
        })
    )

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
        const calls = [
          storage.put(path, text("x"), "text/plain"),
          Stream.runDrain(storage.get(path)),
          storage.stat(path),
          storage.remove(path),
          storage.uploadAddress(path, { mediaType: "text/plain", bytes: 1, sha256: null })
        ]
        for (const call of calls) {
          const outcome = yield* Effect.result(call)
          assert.isTrue(Result.isFailure(outcome) && outcome.failure.code === "INTERNAL")
        }
      }))
  })
